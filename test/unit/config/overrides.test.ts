import { describe, expect, test } from 'vitest'
import {
  applyOverrides,
  embeddedRouterOf,
  loadConfig,
  parseConfig,
  setAside,
} from '../../../src/config/index.ts'

const config = await loadConfig(null)
const embedded = embeddedRouterOf(config)
const real = parseConfig(
  'version: 1\nproviders:\n  primary: { kind: real, name: acme, model: m, baseUrl: "https://a.example/v1", key: ACME_KEY }\n  secondary: { kind: simulated, name: s, model: m }\n',
  'gameday.yaml',
)

test('without overrides nothing changes', () => {
  expect(applyOverrides(config, {})).toEqual(config)
  expect(applyOverrides(config, { router: undefined, providers: undefined })).toEqual(config)
})

test('one field changes and its neighbours stay', () => {
  const before = structuredClone(config)
  const result = applyOverrides(config, {
    router: { attempts: 3, timeouts: { firstToken: 1000 }, circuit: { probeEvery: 2000 } },
  })
  expect(result.router).toEqual({
    ...config.router,
    attempts: 3,
    timeouts: { ...embedded.timeouts, firstToken: 1000 },
    circuit: { ...embedded.circuit, probeEvery: 2000 },
  })
  expect({ ...result, router: null }).toEqual({ ...config, router: null })
  expect(config).toEqual(before)
})

test('of guardrails and cache each field that is set replaces the one before it, whole', () => {
  const before = applyOverrides(config, {
    router: { guardrails: { request: { cost: 1, tokensIn: 5 }, day: 9 }, cache: { mode: 'on-hit' } },
  })
  const after = applyOverrides(before, {
    router: { guardrails: { request: { cost: 2 } }, cache: { entries: 3 } },
  })
  expect(after.router).toEqual({
    ...config.router,
    guardrails: { ...embedded.guardrails, request: { cost: 2 }, day: 9 },
    cache: { ...embedded.cache, mode: 'on-hit', entries: 3 },
  })
})

test('pins, canary and limits in flight are each replaced whole', () => {
  const pin = { tenant: 'acme', provider: 'secondary', failover: false } as const
  const before = applyOverrides(config, {
    router: { pins: [pin], canary: { primary: 9, secondary: 1 }, inFlight: { primary: 5 } },
  })
  expect(before.router).toMatchObject({
    pins: [pin],
    canary: { primary: 9, secondary: 1 },
    inFlight: { primary: 5 },
  })
  const after = applyOverrides(before, {
    router: { pins: [], canary: { primary: 1, secondary: 0 }, inFlight: { secondary: 6 } },
  })
  expect(after.router).toEqual({
    ...config.router,
    pins: [],
    canary: { primary: 1, secondary: 0 },
    inFlight: { secondary: 6 },
  })
})

test('a provider changes field by field, the other one not at all', () => {
  const result = applyOverrides(config, {
    providers: {
      primary: { firstToken: { p50: 100 }, outputTokens: { most: 90 }, price: { input: 1, output: 2 } },
    },
  })
  expect(result.providers.primary).toEqual({
    ...config.providers.primary,
    firstToken: { p50: 100, p95: 650 },
    outputTokens: { least: 8, most: 90 },
    price: { input: 1, output: 2 },
  })
  expect(result.providers.secondary).toEqual(config.providers.secondary)
})

describe('a real provider', () => {
  test('may be asked for another model', () => {
    expect(
      applyOverrides(real, { providers: { primary: { model: 'other' } } }).providers.primary,
    ).toMatchObject({ kind: 'real', model: 'other', key: 'ACME_KEY' })
  })
  test.each([
    ['firstToken', { firstToken: { p50: 1 } }],
    ['interToken', { interToken: { p50: 1 } }],
    ['outputTokens', { outputTokens: { most: 1 } }],
  ])('cannot be told its %s', (name, override) => {
    expect(() => applyOverrides(real, { providers: { primary: override } })).toThrow(
      expect.objectContaining({
        code: 'OVERRIDE_UNFIT',
        exitCode: 2,
        message: `the drill sets providers.primary.${name}, but acme is a real provider and answers as it does`,
      }),
    )
  })
})

test('a drill cannot set a pin that another one hides', () => {
  const pin = { tenant: 'acme', provider: 'secondary', failover: true } as const
  expect(() => applyOverrides(config, { router: { pins: [pin, pin] } })).toThrow(
    expect.objectContaining({
      code: 'OVERRIDE_UNFIT',
      message:
        'with the overrides of the drill, router.pins.1 does not fit: found a pin that never comes to hold anything: router.pins[0] holds all of it before; write it above that one, or remove it',
    }),
  )
})

test('overrides that contradict the configuration are refused', () => {
  const overrides = { file: 'drills/slow.yaml', providers: { primary: { firstToken: { p50: 900 } } } }
  expect(() => applyOverrides(config, overrides)).toThrow(
    expect.objectContaining({
      code: 'OVERRIDE_UNFIT',
      message:
        'with the overrides of drills/slow.yaml, providers.primary.firstToken.p95 does not fit: found 650ms, less than the median; write at least 900ms',
    }),
  )
})

describe('a router of somebody else’s', () => {
  const theirs = parseConfig(
    'version: 1\nrouter: { kind: external, url: "http://127.0.0.1:4000/v1" }\n',
    'gameday.yaml',
  )
  const clocks = { timeouts: { headers: 1000 }, circuit: { probeEvery: 2000, failures: 1 } }

  test('keeps its own clocks and circuit: those of the drill are set aside, by their names', () => {
    const named = ['router.timeouts.headers', 'router.circuit.probeEvery', 'router.circuit.failures']
    expect(setAside(theirs, { router: clocks })).toEqual(named)
    expect(applyOverrides(theirs, { router: clocks })).toEqual(theirs)
    expect(setAside(config, { router: clocks })).toEqual([])
    expect(setAside(theirs, {})).toEqual([])
  })

  test.each<[string, NonNullable<Parameters<typeof applyOverrides>[1]['router']>]>([
    ['router.attempts', { attempts: 3 }],
    ['router.retrySameTarget', { retrySameTarget: 1 }],
    [
      'router.guardrails.request.cost, router.cache.mode',
      { guardrails: { request: { cost: 1 } }, cache: { mode: 'on-hit' } },
    ],
    ['router.canary.primary, router.canary.secondary', { canary: { primary: 9, secondary: 1 } }],
    ['router.inFlight.primary', { inFlight: { primary: 5 } }],
    ['router.pins', { pins: [{ tenant: 'a', provider: 'secondary', failover: true }] }],
    ['router.promptCache', { promptCache: '5m' }],
  ])('is refused %s, which is part of what the drill claims', (named, router) => {
    expect(setAside(theirs, { router })).toEqual([])
    expect(() => applyOverrides(theirs, { file: 'drills/a.yaml', router: { ...clocks, ...router } })).toThrow(
      expect.objectContaining({
        code: 'OVERRIDE_UNFIT',
        message: `drills/a.yaml sets ${named}, which is the embedded router's to obey and not that of http://127.0.0.1:4000/v1`,
      }),
    )
  })
})
