import { describe, expect, it } from 'vitest'
import { closingLines, composeResult } from '../../../src/report/index.ts'
import { alertsTable } from '../../../src/report/markdown/alerts.ts'
import { asFailed, changeEvents, changeSamples, dropEvents, fridayRecords } from '../../support/records.ts'
import type { AlertId } from '../../../src/base/index.ts'
import type { Records, Sample } from '../../../src/record/index.ts'

/** The first outage: long enough for the windows below. */
const [FROM_MS, TO_MS] = [24_500, 62_000]
const windowsMs = { p95: 20_000, success: 10_000, cost: 20_000 }

/** A friday drill with these windows, and its first outage changed. */
function drill(expected: AlertId[] | null, change: (sample: Sample) => Sample = (sample) => sample): Records {
  const changed = changeSamples(fridayRecords(), (sample) =>
    sample.lane === 'main' && sample.intendedMs >= FROM_MS && sample.intendedMs < TO_MS
      ? change(sample)
      : sample,
  )
  return changeEvents(changed, 'run.started', (entry) => ({ ...entry, alerts: { expected, windowsMs } }))
}
const dear = (sample: Sample): Sample => ({ ...sample, costUsd: 0.02 })
const slow = (sample: Sample): Sample => ({ ...sample, endMs: (sample.endMs ?? 0) + 4000 })
const tenth = (sample: Sample): Sample => (sample.id.endsWith('3') ? asFailed(sample) : sample)

const fired = (records: Records) =>
  composeResult(records)
    .alerts.filter(({ firedMs }) => firedMs !== null)
    .map(({ rule }) => rule)

describe('the alerts of a drill', () => {
  it.each<[AlertId, (sample: Sample) => Sample]>([
    ['cost', dear],
    ['p95', slow],
    ['success', tenth],
  ])('fire for what they watch and for nothing else: %s', (id, change) => {
    const { alerts } = composeResult(drill([id], change))
    const alert = alerts.find(({ rule }) => rule === id)
    expect(fired(drill([id], change))).toEqual([id])
    // Not before it was so for nearly all of the window, and well within the outage.
    expect(alert?.firedMs).toBeGreaterThan(FROM_MS + windowsMs[id] * 0.7)
    expect(alert?.firedMs).toBeLessThan(TO_MS)
    expect(alert?.resolvedMs).toBeGreaterThan(TO_MS)
    expect(alerts.map(({ rule, expected }) => [rule, expected])).toEqual(
      ['p95', 'success', 'cost'].map((rule) => [rule, rule === id]),
    )
  })

  it('stay quiet in a healthy drill: a failover pages nobody', () => {
    expect(fired(drill([]))).toEqual([])
    expect(composeResult(drill([]))).toMatchObject({ verdict: 'held', findings: [] })
  })

  it('let a drill hold that misses on purpose what they watch', () => {
    const result = composeResult(drill(['cost'], dear))
    expect(result.faults[0]?.objectives[2]).toMatchObject({ id: 'cost', verdict: 'missed' })
    expect(result).toMatchObject({ verdict: 'held', findings: [] })
    expect(result.decidedBy).toContain(
      'but cost, which is missed on purpose, the right alerts fired and no others',
    )
  })

  it('make a drill weak when the right one does not fire', () => {
    const result = composeResult(drill(['cost']))
    expect(result).toMatchObject({
      verdict: 'weak',
      decidedBy: expect.stringMatching(
        /average cost over \$0\.015 for 20s” had to fire and did not/,
      ) as unknown,
    })
    expect(result.findings.map(({ rule }) => rule)).toEqual(['alert-missing'])
  })

  it('make a drill weak when a wrong one fires', () => {
    const result = composeResult(drill(['cost'], (sample) => slow(dear(sample))))
    expect(result.verdict).toBe('weak')
    expect(result.findings.map(({ rule }) => rule)).toContain('alert-unexpected')
  })

  it('demand nothing where the drill says nothing', () => {
    const result = composeResult(drill(null, dear))
    expect(result.alerts[2]).toMatchObject({
      rule: 'cost',
      expected: null,
      firedMs: expect.any(Number) as unknown,
    })
    expect(result.findings.map(({ rule }) => rule)).toEqual(['objective-missed'])
  })

  it('demand nothing of a fault that never took hold', () => {
    const result = composeResult(dropEvents(drill(['cost']), 'fault.proven'))
    expect(result.verdict).toBe('unproven')
    expect(result.findings.map(({ rule }) => rule)).not.toContain('alert-missing')
  })

  it('are not known of in older records', () => {
    const result = composeResult(fridayRecords())
    expect(result.alerts).toEqual([])
    expect(alertsTable(result)).toBeNull()
  })

  it('say that too few requests say nothing', () => {
    const records = drill(['cost'], dear)
    const few = { ...records, samples: records.samples.filter(({ id }) => id.endsWith('00')) }
    expect(composeResult(few).alerts[2]).toMatchObject({
      firedMs: null,
      detail: expect.stringMatching(/^only \d+ good ones of the 20 requests/) as unknown,
    })
  })

  it('stand in the report as a table', () => {
    const table = alertsTable(composeResult(drill(['cost'], dear)))
    expect(table?.rows.map((row) => [row[0], row[1], row[2] === 'no' ? 'no' : 'yes', row.at(-1)])).toEqual([
      ['p95 over 2.5s for 20s', 'no', 'no', '✓ right'],
      ['success below 99.5% for 10s', 'no', 'no', '✓ right'],
      ['average cost over \\$0.015 for 20s', 'yes', 'yes', '✓ right'],
    ])
  })

  it.each<[string, Records, RegExp | null]>([
    ['the right one fired', drill(['cost'], dear), /^ {2}alerts {4}cost fired at T\+00:\d\d$/m],
    ['it did not', drill(['cost']), /^ {2}alerts {4}cost had to fire and did not$/m],
    ['a wrong one fired', drill([], dear), /cost fired at T\+00:\d\d, and was not to$/m],
    ['none was to fire, and none did', drill([]), /^ {2}alerts {4}none fired$/m],
    ['nothing is demanded, and none fired', drill(null), null],
  ])('stand in the last lines of the terminal: %s', (_what, records, line) => {
    const text = closingLines(composeResult(records), 'report.md').join('\n')
    expect(text).toMatch(line ?? /findings/)
    expect(text.includes('alerts ')).toBe(line !== null)
  })
})
