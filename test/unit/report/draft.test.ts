import { describe, expect, it } from 'vitest'
import type { Records } from '../../../src/record/index.ts'
import { composeResult, draftVerdict } from '../../../src/report/index.ts'
import { addEvents, changeEvents, dropEvents, fridayRecords, killedAt } from '../../support/records.ts'
import { attendedRecords, blindRecords } from '../../support/report-attended.ts'

const bad = attendedRecords({
  router: { neverFailsOver: ({ stream }) => stream, neverFailsBack: true, tripSlowMs: 7000 },
})
const open = (records: Records) => dropEvents(killedAt(records, 136_500), 'run.ended')

const DRAFTS: [string, Records][] = [
  ['a drill that held', open(fridayRecords())],
  ['an attended drill', open(attendedRecords())],
  ['a blind one', open(blindRecords())],
  ['one with many findings', open(bad)],
  ['one in which nothing was broken', open(killedAt(attendedRecords(), 10_000))],
  [
    'one with a wide note full of control characters',
    addEvents(open(attendedRecords()), [
      130_000,
      {
        type: 'note',
        note: 'n9',
        role: 'scribe',
        by: 'Grace\u001b[2J',
        kind: 'to-do',
        text: '警報'.repeat(60),
        forMs: 130_000,
      },
    ]),
  ],
]

describe('the draft of the verdict', () => {
  it.each(DRAFTS)('fits twelve lines of 78 columns for %s', (_name, records) => {
    const { lines } = draftVerdict(records)
    expect(lines.length).toBeLessThanOrEqual(12)
    for (const line of lines) {
      expect(line).not.toMatch(/\p{Cc}/u)
      // Ideographs are two columns wide.
      expect(line.length + (line.match(/[\u2e80-\uffff]/g)?.length ?? 0)).toBeLessThanOrEqual(78)
    }
  })

  it('judges records that are still open as if the drill ended now', () => {
    const [first] = draftVerdict(open(fridayRecords())).lines
    expect(first).toMatch(/^HELD so far: every fault was proven/)
    expect(draftVerdict(open(bad)).lines[0]).toMatch(/^WEAK so far: objective missed under fault 1/)
  })

  it('names the findings by the keys that they have in the report', () => {
    const final = composeResult(bad).findings.map(({ key }) => key)
    const { findings } = draftVerdict(open(bad))
    expect(findings.length).toBeGreaterThan(5)
    expect(findings.map(({ key }) => key).filter((key) => !final.includes(key))).toEqual([])
    expect(findings.map(({ key }) => key)).not.toContain('cut-short')
  })

  it('takes nothing that the stage keeps to the end for left behind', () => {
    const kept = addEvents(open(fridayRecords()), [
      2,
      {
        type: 'rollback.recorded',
        fault: null,
        plan: 'run-s0',
        what: 'the proxy x',
        file: '/state/run-s0.json',
      },
    ])
    expect(draftVerdict(kept).lines[0]).toMatch(/^HELD so far/)
    expect(draftVerdict(kept).findings).toEqual([])
  })

  it('tells which findings somebody has taken on already', () => {
    expect(draftVerdict(open(attendedRecords())).findings).toMatchObject([
      { key: 'no-alert', settled: false },
      { key: 'to-do n3', settled: true },
    ])
  })

  it.each<[string, boolean, { owner?: string; due?: string }]>([
    ['an owner and a day', true, { owner: 'Ben', due: '2026-12-04' }],
    ['an owner alone', false, { owner: 'Ben' }],
    ['a day alone', false, { due: '2026-12-04' }],
    ['neither', false, {}],
  ])('for a to-do that names %s, says settled: %s', (_what, settled, names) => {
    const noted = changeEvents(open(attendedRecords()), 'note', ({ owner: _o, due: _d, ...entry }) =>
      entry.note === 'n3' ? { ...entry, ...names } : entry,
    )
    expect(draftVerdict(noted).findings).toContainEqual(expect.objectContaining({ key: 'to-do n3', settled }))
  })

  it('takes a reason why nobody does it for settled', () => {
    const refused = addEvents(open(attendedRecords()), [
      136_400,
      {
        type: 'finding.assigned',
        finding: 'no-alert',
        title: 'x',
        owner: null,
        due: null,
        whyNot: 'it is known',
        by: 'person',
        who: 'Ada',
      },
    ])
    expect(draftVerdict(refused).findings).toContainEqual(
      expect.objectContaining({ key: 'no-alert', settled: true }),
    )
  })

  it('shows the worst findings and says how many more there are', () => {
    const { lines, findings } = draftVerdict(open(bad))
    expect(lines.filter((line) => /^ {2}F\d/.test(line)).length).toBeGreaterThanOrEqual(2)
    expect(lines.at(-1)).toBe(
      `  and ${findings.length - lines.filter((line) => /^ {2}F\d/.test(line)).length} more`,
    )
  })

  it('has the people’s clocks where there are people', () => {
    expect(draftVerdict(open(attendedRecords())).lines.join('\n')).toContain(
      'noticed 8.00 s, decided 15.0 s, restored 0.75 s',
    )
    expect(draftVerdict(open(blindRecords())).lines.join('\n')).toContain('named it 30.0 s, restored 0.75 s')
    expect(draftVerdict(open(fridayRecords())).lines.join('\n')).not.toContain('noticed')
  })
})
