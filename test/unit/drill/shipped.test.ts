import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { applyOverrides, embeddedRouterOf, loadConfig } from '../../../src/config/index.ts'
import {
  agendaLength,
  drillJsonSchemas,
  explain,
  loadDrill,
  samplePlan,
  scaleAgenda,
  type ExplainSetup,
} from '../../../src/drill/index.ts'
import { leastSample } from '../../../src/slo/index.ts'
import { OVERRIDES } from '../../support/drill-text.ts'
import { SHIPPED } from '../../support/shipped.ts'

const FOLDER = fileURLToPath(new URL('../../../drills', import.meta.url))
const load = (name: string) => loadDrill(name, { folders: [FOLDER], overrides: OVERRIDES })
const plain = (name: string): Record<string, unknown> =>
  parse(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8'))

describe.each(SHIPPED)('the shipped drill %s', (name) => {
  test('is valid, and its overrides fit the default configuration', async () => {
    const [config, drill] = await both(name)
    const { providers } = applyOverrides(config, drill)
    expect(isDeepStrictEqual(providers, config.providers)).toBe(drill.providers === undefined)
  })

  test('can be explained, in lines of a terminal', async () => {
    const drill = await load(name)
    const text = explain(drill, scaleAgenda(drill), setup(drill.load.rate))
    expect(text).toContain('What is broken\n1. At T+')
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test('has lines for the lead, the operator and the scribe where something is broken', async () => {
    const { agenda } = await load(name)
    for (const phase of agenda.filter((one) => one.phase === 'break'))
      expect([phase.lead, name === 'smoke' ? '-' : phase.operator && phase.scribe].includes(undefined)).toBe(
        false,
      )
  })

  test('tells editors where its schema is', () => {
    expect(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=../schemas/drill.schema.json',
    )
  })
})

const setup = (perSecond: number): ExplainSetup => ({
  perSecond,
  router: { kind: 'embedded', url: null },
  toxiproxy: { kind: 'embedded', url: null },
  providers: [],
  tenants: [],
  streams: 0.6,
  promptTokens: 300,
  leftToPrimary: 1,
  maxCostUsd: null,
  people: true,
  leastSample,
  stretch: 100,
})

const both = async (name: string) => [await loadConfig(null), await load(name)] as const

test.each(['cache-holds', 'budget-blowout'])(
  'the shipped drill %s fits the default configuration, and takes at most forty seconds',
  async (name) => {
    const [config, drill] = await both(name)
    expect(() => applyOverrides(config, drill)).not.toThrow()
    expect(agendaLength(drill)).toBeLessThanOrEqual(40_000)
  },
)

describe('friday-failover', () => {
  test('takes thirty minutes by the agenda of game days', async () => {
    const planned = scaleAgenda(await load('friday-failover'))
    expect(planned.map(({ name, startMs }) => [startMs / 60_000, name])).toEqual([
      [0, 'brief'],
      [3, 'baseline'],
      [6, 'go-no-go'],
      [7, 'revoked key'],
      [13, 'key restored'],
      [15, 'slow primary'],
      [21, 'speed restored'],
      [23, 'debrief'],
      [28, 'close'],
    ])
    expect(planned.reduce((sum, { plannedMs }) => sum + plannedMs, 0)).toBe(1_800_000)
  })

  test.each([
    ['in full, at 10/s', null, 10],
    ['in 2m30s, at 40/s', 150_000, 40],
  ])('%s holds at least 1,200 requests in every outage', async (_name, durationMs, perSecond) => {
    const drill = await load('friday-failover')
    const outages = samplePlan(scaleAgenda(drill, durationMs), {
      perSecond,
      success: drill.objectives.success,
      leastSample,
    })
    expect(outages.map(({ kind }) => kind)).toEqual(['revoke-key', 'latency'])
    for (const { requests, enough } of outages) {
      expect(requests).toBeGreaterThanOrEqual(1200)
      expect(enough).toBe(true)
    }
  })

  test('slows the primary beyond the first-token limit of the router, and within its patience for an answer under way', async () => {
    const [config, { agenda }] = await both('friday-failover')
    const router = embeddedRouterOf(config)
    const delays = agenda.flatMap((phase) =>
      phase.phase === 'break' && phase.fault.kind === 'latency' ? [phase.fault.latency] : [],
    )
    expect(delays).toEqual([4000])
    expect(delays[0]).toBeGreaterThan(router.timeouts.firstToken)
    expect(delays[0]).toBeLessThan(router.timeouts.interToken)
  })

  test('gives everybody something to say or do in every phase but where the operator waits', async () => {
    const { agenda } = await load('friday-failover')
    for (const { lead, scribe } of agenda) {
      expect(lead).not.toBeUndefined()
      expect(scribe).not.toBeUndefined()
    }
    expect(agenda.filter(({ operator }) => operator === undefined).map(({ phase }) => phase)).toEqual([
      'baseline',
    ])
  })

  test('watches the way home, however it is scaled, for longer than its target and the hundred requests that prove it', async () => {
    const [config, { agenda, targets }] = await both('friday-failover')
    const router = embeddedRouterOf(config)
    expect(targets.failback).toBeGreaterThanOrEqual(2 * router.circuit.probeEvery)
    const restores = agenda.filter(({ phase }) => phase === 'restore')
    expect(restores.map(({ atLeast }) => atLeast >= targets.failback + 100_000 / 40)).toEqual([true, true])
  })
})

test('smoke takes a minute, claims behaviour only, and breaks a key and then connections', async () => {
  const drill = await load('smoke')
  expect(agendaLength(drill)).toBe(60_000)
  expect(drill.claim).toBe('behaviour')
  expect(drill.agenda.flatMap((phase) => (phase.phase === 'break' ? [phase.fault.kind] : []))).toEqual([
    'revoke-key',
    'refused',
  ])
  expect(drill.load.rate).toBe(20)
})

describe('the JSON Schema of drills', () => {
  const schema = drillJsonSchemas(OVERRIDES)['drill.schema.json']
  const check = new Ajv2020({ allErrors: true, strict: false }).compile(schema)

  test.each(SHIPPED)('accepts the shipped drill %s', (name) => {
    check(plain(name))
    expect(check.errors ?? []).toEqual([])
  })

  test.each([
    ['an unknown key', (drill: Record<string, unknown>) => ({ ...drill, titel: 'x' })],
    [
      'an unknown fault',
      (drill: Record<string, unknown>) => ({
        ...drill,
        agenda: [{ phase: 'break', length: '1m', cap: '1m', fault: { kind: 'gremlins' } }],
      }),
    ],
    [
      'a fault of nothing',
      (drill: Record<string, unknown>) => ({
        ...drill,
        agenda: [{ phase: 'break', length: '1m', cap: '1m' }],
      }),
    ],
    ['a bad unit', (drill: Record<string, unknown>) => ({ ...drill, traffic: { rate: 'often' } })],
    [
      'a number without its unit',
      (drill: Record<string, unknown>) => ({
        ...drill,
        objectives: { success: 99.5, p95: '2s', cost: '$1' },
      }),
    ],
    [
      'an override that no router has',
      (drill: Record<string, unknown>) => ({ ...drill, router: { circuits: {} } }),
    ],
  ])('refuses %s', (_name, spoil) => {
    expect(check(spoil(plain('smoke')))).toBe(false)
  })

  test('describes every setting, so that an editor can', () => {
    expect(undescribed(schema, '')).toEqual([])
  })
})

describe('the JSON Schema of answers', () => {
  const schema = drillJsonSchemas(OVERRIDES)['answers.schema.json']
  const check = new Ajv2020({ allErrors: true, strict: false }).compile(schema)
  const answers = {
    version: 1,
    crew: { lead: 'Ana' },
    gates: { 'go / no-go': 'go', 'arm revoked key': { say: 'confirm', after: '2s' }, 'clear? x': false },
    notes: [{ phase: 'brief', as: 'lead', kind: 'to-do', text: '@Ana buy it by friday' }],
    findings: { tail: { owner: 'Ana', due: '+7d' }, '*': { not: 'known' } },
    next: '2026-12-18',
  }

  test('accepts what the program does', () => {
    check(answers)
    expect(check.errors ?? []).toEqual([])
  })

  test.each([
    ['another version', { version: 2 }],
    ['an unknown key', { gate: {} }],
    ['a note of an unknown kind', { notes: [{ phase: 'brief', text: 'x', kind: 'rumour' }] }],
    ['an owner without a day', { findings: { tail: { owner: 'Ana' } } }],
    ['a day that is none', { next: 'soon' }],
  ])('refuses %s', (_name, spoilt) => {
    expect(check({ ...answers, ...spoilt })).toBe(false)
  })

  test('describes every setting, so that an editor can', () => {
    expect(undescribed(schema, '')).toEqual([])
  })
})

/** Paths of the properties without a description. */
function undescribed(node: unknown, path: string): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    const inside = undescribed(value, `${path}/${key}`)
    const bare =
      path.endsWith('/properties') && typeof value === 'object' && value !== null && !('description' in value)
    return bare ? [`${path}/${key}`, ...inside] : inside
  })
}
