import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { formatProblem, InvalidFileError } from '../../../src/base/index.ts'
import { configJsonSchemas, loadConfig, parseConfig } from '../../../src/config/index.ts'

const home = mkdtempSync(join(tmpdir(), 'gameday-config-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const SIMULATED = '{ kind: simulated, name: s, model: m }'
const REAL = '{ kind: real, name: r, model: m, baseUrl: "https://api.example.com/v1", key: ACME_KEY }'
const withProviders = (primary: string, secondary = SIMULATED) =>
  `version: 1\nproviders:\n  primary: ${primary}\n  secondary: ${secondary}\n`

function problemsOf(text: string): string[] {
  try {
    parseConfig(text, 'gameday.yaml')
    return []
  } catch (error) {
    if (error instanceof InvalidFileError) return error.problems.map(formatProblem)
    throw error
  }
}

describe('without a file', () => {
  test('everything has its default', async () => {
    expect(await loadConfig(null)).toEqual({
      version: 1,
      providers: {
        primary: {
          kind: 'simulated',
          name: 'simulated-primary',
          format: 'openai',
          model: 'gpt-4o-mini',
          firstToken: { p50: 350, p95: 650 },
          interToken: { p50: 6, p95: 20 },
          outputTokens: { least: 8, most: 40 },
        },
        secondary: {
          kind: 'simulated',
          name: 'simulated-secondary',
          format: 'openai',
          model: 'gpt-4o-mini',
          firstToken: { p50: 400, p95: 720 },
          interToken: { p50: 6, p95: 20 },
          outputTokens: { least: 8, most: 40 },
        },
      },
      router: {
        kind: 'embedded',
        listen: '127.0.0.1',
        port: 0,
        attempts: 2,
        retrySameTarget: 0,
        timeouts: { headers: 5000, firstToken: 2000, interToken: 5000, total: 30_000 },
        circuit: { failures: 3, probeEvery: 5000, retryAfterMost: 60_000 },
        pins: [],
        inFlight: {},
        promptCache: 'off',
        guardrails: {
          request: {},
          tenants: {},
          features: {},
          degrade: ['truncate', 'cheaper-model', 'cached', 'refuse'],
          assumeTokensOut: 1000,
          unknownPrice: 'refuse',
        },
        cache: { mode: 'off', ttl: 86_400_000, entries: 10_000, bytes: 67_108_864, largest: 1_048_576 },
        drainLead: 0,
      },
      toxiproxy: { listen: '127.0.0.1', reach: '127.0.0.1', timeout: 5000 },
      stage: {
        listen: '127.0.0.1',
        advertise: '127.0.0.1',
        ports: {
          primaryGate: 0,
          secondaryGate: 0,
          control: 0,
          primaryProxy: 0,
          secondaryProxy: 0,
          toxiproxy: 0,
        },
      },
      objectives: { success: 0.995, p95: 2500, cost: 0.015, window: 2_592_000_000, requests: 10_000 },
      log: { retention: 7_776_000_000, text: false },
      alerts: {},
      export: {},
      errorBudget: {},
    })
  })
})

describe('a file', () => {
  test('sets what it names and leaves the rest', async () => {
    const file = join(home, 'gameday.yaml')
    writeFileSync(
      file,
      `${withProviders(REAL)}router: { port: 4000, timeouts: { firstToken: 1.5s } }\nerrorBudget: { spent: 4 }\n`,
    )
    expect(await loadConfig(file)).toMatchObject({
      providers: { primary: { kind: 'real', key: 'ACME_KEY', format: 'openai' }, secondary: { name: 's' } },
      router: { port: 4000, attempts: 2, timeouts: { firstToken: 1500, headers: 5000 } },
      errorBudget: { spent: 4 },
    })
  })

  test.each([
    ['that is not there', join(home, 'nowhere.yaml'), 'there is no such file'],
    ['that is a folder', home, 'it is a folder, not a file'],
  ])('%s is refused plainly', async (_name, file, reason) => {
    await expect(loadConfig(file)).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      exitCode: 2,
      message: `the configuration ${file} cannot be read: ${reason}`,
    })
  })

  test('with several mistakes is refused with all of them', () => {
    expect(
      problemsOf(
        'version: 1\nrouter:\n  attemps: 2\n  timeouts: { total: 30 }\nstage: { ports: { control: 70000 } }\ntoxiproxy: { url: "localhost:8474" }\n',
      ),
    ).toEqual([
      'gameday.yaml:3:3: router.attemps: unknown key; did you mean "attempts"?',
      'gameday.yaml:4:22: router.timeouts.total: found 30; write a length of time such as 250ms, 2.5s, 6m or 2m30s, between 1ms and 1h',
      'gameday.yaml:5:28: stage.ports.control: found 70000; write a number of at most 65535',
      'gameday.yaml:6:19: toxiproxy.url: found "localhost:8474"; write an address such as http://127.0.0.1:8474',
    ])
  })

  test.each([
    [
      'only one provider',
      'version: 1\nproviders: { primary: { kind: simulated, name: s, model: m } }',
      'gameday.yaml:2:1: providers.secondary: missing; write a map with kind',
    ],
    [
      'a simulated provider with a key',
      withProviders('{ kind: simulated, name: s, model: m, key: A }'),
      'gameday.yaml:3:50: providers.primary.key: unknown key; remove it, or write one of kind, name, format, model, context, price, cheaper, firstToken, interToken, outputTokens',
    ],
    [
      'a spread whose tail is shorter than its middle',
      withProviders('{ kind: simulated, name: s, model: m, firstToken: { p50: 1s, p95: 500ms } }'),
      'gameday.yaml:3:78: providers.primary.firstToken.p95: found 500ms, less than the median; write at least 1s',
    ],
    [
      'answers longer at least than at most',
      withProviders('{ kind: simulated, name: s, model: m, outputTokens: { least: 9, most: 3 } }'),
      'gameday.yaml:3:82: providers.primary.outputTokens.most: found 3, less than the least; write at least 9',
    ],
    [
      'a step after the refusal',
      'version: 1\nrouter: { guardrails: { degrade: [refuse, truncate] } }',
      'gameday.yaml:2:25: router.guardrails.degrade: found a list; write refuse last: nothing comes after it',
    ],
    [
      'a step named twice',
      'version: 1\nrouter: { guardrails: { degrade: [cached, cached] } }',
      'gameday.yaml:2:25: router.guardrails.degrade: found a list; name each step once',
    ],
    [
      'a password in the address of Redis',
      'version: 1\nrouter: { cache: { redis: "redis://:secret@127.0.0.1" } }',
      'gameday.yaml:2:27: router.cache.redis: found "redis://…@127.0.0.1"; write the address without a user name or password, or name its variable as redisFrom',
    ],
    [
      'two addresses of Redis',
      'version: 1\nrouter: { cache: { redis: "redis://127.0.0.1", redisFrom: REDIS_URL } }',
      'gameday.yaml:2:59: router.cache.redisFrom: found a second address of Redis; keep one of the two',
    ],
    [
      'a price without that of writing a prompt cache which is to be written',
      'version: 1\nrouter: { promptCache: 1h }\nproviders:\n  primary: { kind: simulated, name: a, format: anthropic, model: m, price: { input: $3, output: $15, cacheWrite: $4 } }\n  secondary: { kind: simulated, name: b, model: m, price: { input: $3, output: $15 } }',
      'gameday.yaml:4:69: providers.primary.price: found no cacheWrite1h, and router.promptCache is 1h; add cacheWrite1h',
    ],
    [
      'a total under one of its clocks',
      'version: 1\nrouter: { timeouts: { total: 1s } }',
      'gameday.yaml:2:30: router.timeouts.total: found 1s, less than another clock of the same request; write at least 5s',
    ],
    [
      'a pin for everybody',
      'version: 1\nrouter: { pins: [{ provider: primary, failover: true }] }',
      'gameday.yaml:2:18: router.pins[0]: found a map; name a tenant, a feature or both: a pin holds some requests, never all',
    ],
    [
      'a pin to nobody known',
      'version: 1\nrouter: { pins: [{ tenant: a, provider: openai, failover: true }] }',
      'gameday.yaml:2:41: router.pins[0].provider: found "openai"; write one of primary, secondary',
    ],
    [
      'a pin that does not say whether the other provider may be asked',
      'version: 1\nrouter: { pins: [{ tenant: a, provider: primary }] }',
      'gameday.yaml:2:18: router.pins[0].failover: missing; write true or false',
    ],
    [
      'a pin behind one that holds all of it',
      'version: 1\nrouter:\n  pins:\n    - { tenant: a, provider: primary, failover: true }\n    - { tenant: a, feature: f, provider: secondary, failover: true }',
      'gameday.yaml:5:7: router.pins[1]: found a pin that never comes to hold anything: router.pins[0] holds all of it before; write it above that one, or remove it',
    ],
    [
      'weights that sum to zero',
      'version: 1\nrouter: { canary: { primary: 0, secondary: 0 } }',
      'gameday.yaml:2:11: router.canary: found a map; write a weight above 0 for one of them, such as { primary: 9, secondary: 1 }',
    ],
    [
      'one weight',
      'version: 1\nrouter: { canary: { secondary: 1 } }',
      'gameday.yaml:2:11: router.canary.primary: missing; write a number',
    ],
    [
      'a negative weight',
      'version: 1\nrouter: { canary: { primary: 9, secondary: -1 } }',
      'gameday.yaml:2:44: router.canary.secondary: found -1; write a number of at least 0',
    ],
    [
      'room for nobody',
      'version: 1\nrouter: { inFlight: { primary: 0 } }',
      'gameday.yaml:2:32: router.inFlight.primary: found 0; write a number of at least 1',
    ],
    [
      'one port for two parts',
      'version: 1\nrouter: { port: 4000 }\nstage: { ports: { control: 4000 } }',
      'gameday.yaml:2:17: router.port: found 4000, which another part has; write another port, or 0 to let the kernel choose',
    ],
    [
      'an upstream that is no address',
      withProviders(REAL.replace('https', 'ftp')),
      'gameday.yaml:3:54: providers.primary.baseUrl: found "ftp://api.example.com/v1"; write an address such as https://api.example.com/v1',
    ],
  ])('with %s is refused', (_name, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test.each(['sk-abc123', 'correct horse battery staple', 'AKIAIOSFODNN7EXAMPLE/x'])(
    'with a key where its name belongs never shows it: %s',
    (key) => {
      const problems = problemsOf(withProviders(REAL.replace('ACME_KEY', key))).join('\n')
      expect(problems).toContain(
        'providers.primary.key: found a value not shown here; write the name of an environment variable such as OPENAI_API_KEY, never a key itself',
      )
      expect(problems).not.toContain(key)
    },
  )

  test('with a password in an address never shows it', () => {
    const problems = problemsOf(withProviders(REAL.replace('//api', '//me:secret@api'))).join('\n')
    expect(problems).toContain('write the address without a user name or password')
    expect(problems).not.toContain('secret@')
  })
})

test('the JSON Schema accepts what the reader accepts, and refuses what it refuses', () => {
  const check = new Ajv2020({ strict: false, validateFormats: false }).compile(
    configJsonSchemas()['config.schema.json'],
  )
  expect(check({ version: 1 })).toBe(true)
  expect(check({ version: 1, router: { timeouts: { total: '1m' } } })).toBe(true)
  expect(check({ version: 1, router: { timeouts: { total: 'soon' } } })).toBe(false)
  expect(check({ version: 1, rooter: {} })).toBe(false)
})

describe('the log and the alerts', () => {
  test.each([
    ['log:\n  retention: 20d\n', /log\.retention: .*20d, less than the window of the objectives/],
    ['alerts:\n  webhook: SLACK_URL\n  command: [page]\n', /a command beside a webhook/],
    ['alerts:\n  webhook: https://hooks.example\n', /never a key itself/],
  ])('refuse %j', (yaml, message) => {
    expect(() => parseConfig(`version: 1\n${yaml}`, 'gameday.yaml')).toThrow(message)
  })
})
