import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../../src/base/index.ts'
import { defaultConfig, type Config } from '../../../../src/config/index.ts'
import { judgeProvider } from '../../../../src/run/doctor/judge-provider.ts'
import { askProviders, lookAtPrices } from '../../../../src/run/doctor/providers.ts'
import type { Finding } from '../../../../src/run/doctor/types.ts'
import type { Observed } from '../../../../src/record/index.ts'

const CANARY = 'sk-canary-91be'
const error = (code: string) => JSON.stringify({ error: { message: 'No', type: 'x', param: null, code } })
const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'one two' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
})

/** A vendor that answers all the same; it lives as long as the test. */
async function vendor(status: number, body: string): Promise<string> {
  const server = createServer((request, answer) => {
    request.resume()
    answer.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

/** Asks a real primary beside a simulated secondary. */
async function asked(baseUrl: string, env: Record<string, string> = { VENDOR_KEY: CANARY }) {
  const config: Config = {
    ...defaultConfig(),
    providers: {
      primary: {
        kind: 'real',
        name: 'vendor',
        format: 'openai',
        model: 'm',
        baseUrl,
        key: 'VENDOR_KEY',
        price: { input: 1, output: 2 },
      },
      secondary: defaultConfig().providers.secondary,
    },
  }
  const findings: Finding[] = []
  const known = await askProviders(
    {
      config,
      env,
      stateFolder: '',
      runId: 'abc',
      seed: 1,
      timeoutMs: 2000,
      breaks: false,
      clock: systemClock,
      signal: new AbortController().signal,
    },
    (finding) => findings.push(finding),
  )
  expect(JSON.stringify(findings)).not.toContain(CANARY)
  return { known, lacks: findings.filter(({ state }) => state === 'lack'), findings }
}

describe('a real provider, asked by itself', () => {
  it('is all there where it answers, and its key goes on to the gate', async () => {
    const { known, lacks, findings } = await asked(await vendor(200, ANSWER))
    expect(lacks).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'key of the primary',
      'primary answers',
      'secondary answers',
    ])
    expect(known.realKeys).toEqual({ primary: CANARY })
    expect(known.providers.primary.kind).toBe('real')
  })

  it.each<{ it: string; answer: [number, string] | null; says: RegExp; line: RegExp }>([
    {
      it: 'refuses the key',
      answer: [401, error('invalid_api_key')],
      says: /vendor refuses the key that VENDOR_KEY holds \(credential, 401\)/,
      line: /export VENDOR_KEY/,
    },
    {
      it: 'has nothing left for it',
      answer: [429, error('insufficient_quota')],
      says: /account behind VENDOR_KEY at vendor has nothing left \(quota, 429\)/,
      line: /export VENDOR_KEY/,
    },
    {
      it: 'does not know the model',
      answer: [404, error('model_not_found')],
      says: /does not take a plain question for m at http.*404/,
      line: /model:/,
    },
    {
      it: 'is not there',
      answer: null,
      says: /nothing answers for vendor at .*ECONNREFUSED/,
      line: /baseUrl:/,
    },
  ])('is a lack where it $it, and is played for the rest of the way', async ({ answer, says, line }) => {
    const { known, lacks, findings } = await asked(
      answer === null ? 'http://127.0.0.1:9/v1' : await vendor(...answer),
    )
    expect(lacks).toHaveLength(1)
    expect(lacks[0]).toMatchObject({ part: 'providers', check: 'primary answers' })
    expect(lacks[0]?.detail).toMatch(says)
    expect(JSON.stringify(lacks[0]?.add)).toMatch(line)
    expect(known).toMatchObject({ realKeys: {}, providers: { primary: { kind: 'simulated', model: 'm' } } })
    expect(findings.at(-1)).toMatchObject({ check: 'stand-in', state: 'open' })
  })

  it.each([
    ['is not set', {}, /VENDOR_KEY is not set/],
    ['holds a line break', { VENDOR_KEY: `${CANARY}\n` }, /VENDOR_KEY holds a blank, a line break/],
  ])('is not asked where its key %s', async (_, env, says) => {
    const { lacks } = await asked('http://127.0.0.1:9/v1', env)
    expect(lacks.map(({ check }) => check)).toEqual(['key of the primary'])
    expect(lacks[0]?.detail).toMatch(says)
    expect(lacks[0]?.add).toEqual({
      to: 'environment',
      lines: ['read -rs VENDOR_KEY && export VENDOR_KEY'],
    })
  })

  it('may be out by itself, and is then no matter of the configuration', () => {
    const answer = { outcome: 'failed', class: 'overloaded', status: 503 } as Observed
    const found = judgeProvider(
      'primary',
      { name: 'vendor', baseUrl: 'https://x/v1', key: 'K', model: 'm' },
      answer,
    )
    expect(found).toMatchObject({ state: 'lack', hint: expect.stringContaining('status page') as unknown })
    expect(found.add).toBeUndefined()
  })

  it('needs a price, without which no limit could be kept', () => {
    const real = {
      kind: 'real',
      name: 'vendor',
      format: 'openai',
      model: 'own-7b',
      baseUrl: 'http://10.0.0.1/v1',
      key: 'K',
    } as const
    const findings: Finding[] = []
    const providers = { primary: { ...real, price: { input: 0, output: 0 } }, secondary: real }
    lookAtPrices({ config: { ...defaultConfig(), providers } }, (finding) => findings.push(finding))
    expect(findings.map(({ state }) => state)).toEqual(['ok', 'lack'])
    expect(findings[1]?.add).toEqual({
      to: 'gameday.yaml',
      lines: ['providers:', '  secondary:', '    price: { input: $0.15, output: $0.60 }'],
    })
  })
})
