import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Result } from '../../../src/record/index.ts'
import { judgeClock, judgeObjective, resolutionMs } from '../../../src/report/compare/judge.ts'
import {
  compareRuns,
  comparisonMarkdown,
  comparisonText,
  composeResult,
  sideOf,
} from '../../../src/report/index.ts'
import { ROOT } from '../../support/program.ts'
import { changeEvents, fridayRecords, killedAt, type FridayOptions } from '../../support/records.ts'

/** A run that was really held, as it was committed. */
const example = (): Result =>
  JSON.parse(readFileSync(join(ROOT, 'reports', 'example', 'result.json'), 'utf8')) as Result
const friday = (options: FridayOptions = {}) => composeResult(fridayRecords(options))
const compared = (first: unknown, second: unknown) => compareRuns(sideOf(first), sideOf(second))
const rowOf = (comparison: ReturnType<typeof compared>, fault: number, what: string) =>
  comparison.faults[fault]?.rows.find((row) => row.what === what)

describe('two good runs of one drill', () => {
  const comparison = compared(friday({ seed: 1 }), friday({ seed: 2 }))

  it('show no difference, though no number is the same', () => {
    expect({ worse: comparison.worse, better: comparison.better }).toEqual({ worse: [], better: [] })
    const row = rowOf(comparison, 0, 'p95')
    expect(row?.first).not.toBe(row?.second)
    expect(row?.judgement).toBe('no-difference')
    expect(comparisonText(comparison)).toContain('NO DIFFERENCE that the samples show (both held).')
  })

  it('are said to differ in the stage that they were held on', () => {
    const result = friday()
    const onStage = {
      ...result,
      environment: { ...result.environment, stage: { url: 'http://127.0.0.1:8470' } },
    }
    expect(compared(result, onStage).differences).toEqual([
      { what: 'stage', first: 'its own', second: 'http://127.0.0.1:8470', warning: null },
    ])
  })

  it('are said to differ in their seed', () => {
    expect(comparison.differences).toContainEqual({ what: 'seed', first: '1', second: '2', warning: null })
  })
})

describe('a run after which something became worse', () => {
  const good = friday()
  it.each([
    {
      name: 'a router that fails every third request of the outage',
      options: { router: { neverFailsOver: ({ n }: { n: number }) => n % 3 === 0 } },
      worse: ['fault 1: success', 'fault 1: p95'],
      finding: /^NEW: Fault 1 \(revoke-key on primary\): success 70\.\d+ %/m,
    },
    {
      name: 'a router that waits longer for a slow primary',
      options: { router: { tripSlowMs: 9000 } },
      worse: ['fault 2: p95', 'fault 2: trip', 'fault 2: stable'],
      finding: /^NEW: .*latency on primary/m,
    },
    {
      name: 'a router that never comes home',
      options: { router: { neverFailsBack: true } },
      worse: ['fault 1: home again', 'fault 2: home again'],
      // It is still at the secondary when the primary turns slow.
      better: ['fault 2: p95', 'fault 2: detect'],
      finding: /^NEW: .*going home not reached/m,
    },
    {
      name: 'a router that takes a toll',
      options: { router: { taxMs: 80 } },
      worse: ['fault 1: tax', 'fault 2: tax'],
      finding: /^NEW: .*tax/m,
    },
  ])('names it: $name', ({ options, worse, finding, better = [] }) => {
    const bad = friday(options)
    const comparison = compared(good, bad)
    expect(comparison.worse).toEqual(expect.arrayContaining(worse))
    expect(comparison.better).toEqual(better)
    expect(
      comparisonText(comparison)
        .replace(/\n {4}/g, ' ')
        .replace(/^ +/gm, ''),
    ).toMatch(finding)
    // Looked at the other way round it is as much better.
    const back = compared(bad, good)
    expect({ worse: back.worse, better: back.better }).toEqual({ worse: better, better: comparison.worse })
    expect(back.findings.gone).toEqual(comparison.findings.new)
    expect(comparisonText(back)).toContain(better.length === 0 ? '\nBETTER (' : '\nMIXED (')
  })
})

describe('the committed run', () => {
  it('shows no difference to itself', () => {
    const comparison = compared(example(), example())
    expect([comparison.differences, comparison.worse, comparison.better]).toEqual([[], [], []])
  })

  it('shows a regression that was planted in it, and nothing else', () => {
    const spoilt = example()
    const [fault] = spoilt.faults
    fault!.stableMs = (fault!.stableMs ?? 0) + 4000
    const comparison = compared(example(), spoilt)
    expect(comparison.worse).toEqual(['fault 1: stable'])
    expect(comparison.better).toEqual([])
  })
})

describe('a comparison', () => {
  it.each([
    [
      'another kind of fault',
      (result: Result) => (result.faults[0]!.kind = 'refused'),
      /fault 1 is revoke-key on primary in the first and refused on primary in the second$/,
    ],
    [
      'another strength of it',
      (result: Result) => (result.faults[1]!.parameters = { latency: 8000, jitter: 0 }),
      /fault 2 is latency on primary with latency 4000 in the first and latency 8000 in the second$/,
    ],
    [
      'other people’s requests',
      (result: Result) => (result.faults[0]!.parameters.tenant = 'acme'),
      /with no tenant in the first and tenant acme in the second$/,
    ],
  ])('is refused with 2 of drills that break %s', (_, change, why) => {
    const other = example()
    change(other)
    expect(() => compared(example(), other)).toThrow(
      expect.objectContaining({
        code: 'NOT_COMPARABLE',
        exitCode: 2,
        message: expect.stringMatching(why),
      }),
    )
  })

  it('takes what one version alone writes down for a default of the other’s', () => {
    const older = example()
    older.run.versions = { ...older.run.versions, gameday: '0.0.1' }
    delete older.faults[0]!.parameters.spreadOver
    expect(() => compared(older, example())).not.toThrow()
  })

  it('reads a result of which much is missing, and says so', () => {
    const bare = {
      schema: 'gameday.result/0',
      drill: { name: 'friday-failover' },
      run: { id: 'old', startedAt: '2025-01-03T10:00:00Z' },
      verdict: 'held',
      faults: [{ kind: 'revoke-key', target: 'primary', inForceMs: 1, provenMs: 2, failedRequests: 0 }],
      findings: [],
    }
    const comparison = compared(bare, example())
    expect(rowOf(comparison, 0, 'failed')).toMatchObject({
      first: '0',
      second: expect.stringMatching(/^0 of/),
    })
    expect(rowOf(comparison, 0, 'stable')).toMatchObject({ first: 'not said', judgement: 'unknown' })
    expect(comparison.faults[1]).toMatchObject({ nothing: 'it was not in force in the first run' })
    expect(comparison.budget).toMatchObject({ first: 'not said', judgement: 'unknown' })
    expect(comparison.differences).toContainEqual(
      expect.objectContaining({ what: 'router', first: 'not said', second: 'embedded' }),
    )
    expect(comparisonText(comparison)).toContain('NO DIFFERENCE')
  })

  it('is not made of what is no result', () => {
    expect(() => sideOf({ schema: 'something/1' })).toThrow(/it is no result that can be compared: schema/)
  })

  it('warns of what makes numbers compare less well', () => {
    const other = friday({ perSecond: 60, scale: 1.5 })
    other.drill.sha256 = 'f'.repeat(64)
    other.targets.failoverMs = 1
    other.objectives[0]!.target = 0.99
    const warned = compared(friday(), other).differences.filter(({ warning }) => warning !== null)
    expect(warned.map(({ what }) => what)).toEqual([
      'drill file',
      'promise',
      'rate',
      'fault 1 held',
      'fault 2 held',
    ])
  })

  it('says that a run that was not judged says nothing about the system, nor about what it did not find', () => {
    const killed = composeResult(killedAt(fridayRecords(), 40_000))
    const comparison = compared(friday({ router: { neverFailsBack: true } }), killed)
    const text = comparisonText(comparison)
    expect(text).toContain('NOT COMPARABLE AS A WHOLE')
    expect(text).toContain('Not compared: a run that was not judged')
  })

  it('compares nothing under a fault that was not proven', () => {
    const unproven = example()
    unproven.faults[0]!.provenMs = null
    expect(compared(example(), unproven).faults[0]).toMatchObject({
      rows: [],
      nothing: 'it was not proven in the second run',
    })
  })

  it('of a fault that was held to one tenant shows each of them', () => {
    const held = (options: FridayOptions) =>
      composeResult(
        changeEvents(fridayRecords(options), 'fault.requested', (entry) =>
          entry.fault === 0
            ? { ...entry, whole: false, parameters: { ...entry.parameters, tenant: 'acme' } }
            : entry,
        ),
      )
    const loses = { router: { neverFailsOver: ({ tenant }: { tenant: string }) => tenant === 'globex' } }
    const comparison = compared(held({}), held(loses))
    expect(comparison.worse).toContain('fault 1: success of globex')
    expect(comparison.worse).not.toContain('fault 1: success of acme')
    expect(comparison.faults[1]?.tenants).toEqual([])
  })

  it('fits a terminal of 80 columns, and is whole as Markdown', () => {
    const comparison = compared(friday(), friday({ router: { neverFailsBack: true } }))
    expect(
      comparisonText(comparison, 80)
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([])
    const markdown = comparisonMarkdown(comparison)
    expect(markdown).toMatch(
      /^# Two runs of friday-failover\n\n- first: [^]*\n\n\*\*MIXED \(held before, weak now\); worse: /,
    )
    expect(markdown).toMatch(/\| home again +\| 4\.00 s +\| not in .* \| \*\*WORSE\*\* +\|/)
  })
})

describe('the rule of a comparison', () => {
  it.each([
    ['success', [0.99, 0.995], [0.985, 0.991], 'no-difference'],
    ['success', [0.99, 0.995], [0.97, 0.98], 'worse'],
    ['success', [0.9, 0.95], [0.96, 0.98], 'better'],
    ['p95', [900, 1000], [1000, 1100], 'no-difference'],
    ['p95', [900, 1000], [1001, 1100], 'worse'],
    ['p95', [900, 1000], ['inf', 'inf'], 'worse'],
    ['p95', ['inf', 'inf'], ['inf', 'inf'], 'no-difference'],
    ['p95', [900, 'inf'], [1001, 1100], 'no-difference'],
    ['cost', [0.002, 0.003], [0.001, 0.0015], 'better'],
  ] as const)('of %s from %j to %j says %s', (id, first, second, expected) => {
    const of = (interval: readonly [number | 'inf', number | 'inf']) => ({
      id,
      interval: [...interval] as never,
    })
    expect(judgeObjective(of(first), of(second))).toBe(expected)
  })

  it('of an objective without an interval says nothing', () => {
    expect(judgeObjective({ id: 'cost', interval: null }, { id: 'cost', interval: [1, 2] })).toBe('unknown')
  })

  it.each([
    [100, 350, 'no-difference'],
    [100, 351, 'worse'],
    [351, 100, 'better'],
    ['not in 5000', 'not in 9000', 'no-difference'],
    [100, 'not in 5000', 'worse'],
    ['not in 5000', 100, 'better'],
    // It stood still for less than the other took: who knows.
    [6000, 'not in 5000', 'unknown'],
    ['not in 5000', 6000, 'unknown'],
    [null, 100, 'unknown'],
  ] as const)('of a clock from %s to %s, with a resolution of 250 ms, says %s', (first, second, expected) => {
    const clock = (value: number | string | null) =>
      typeof value === 'string'
        ? { ms: null, waitedMs: Number(value.replace('not in ', '')) }
        : { ms: value, waitedMs: null }
    expect(judgeClock(clock(first), clock(second), 250)).toBe(expected)
  })

  it('resolves a clock by when the fault struck and by three gaps between requests', () => {
    expect(resolutionMs(7, 30)).toBeCloseTo(107, 6)
    expect(resolutionMs(null, null)).toBe(1000)
  })
})
