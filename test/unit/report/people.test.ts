import { describe, expect, it } from 'vitest'
import { resultSchema, type EventOf, type JournalEvent, type Records } from '../../../src/record/index.ts'
import { composeResult } from '../../../src/report/index.ts'
import { addEvents, changeEvents, dropEvents, fridayRecords } from '../../support/records.ts'
import { attendedRecords, blindRecords, KEY_DIED_MS } from '../../support/report-attended.ts'

const attended = attendedRecords()
const NONE = { noticeMs: null, decideMs: null, restoreMs: null, diagnoseMs: null }
const people = (records: Records) => composeResult(records).people
const symptom = (id: string, forMs: number): JournalEvent => ({
  type: 'note',
  note: id,
  role: 'scribe',
  by: 'Grace',
  kind: 'symptom',
  text: 'a page',
  forMs,
})

describe('the people’s clocks', () => {
  it('are in the shape of the published schema, with names, notes and what was said', () => {
    const result = composeResult(attended)
    expect(resultSchema.parse(result)).toEqual(result)
    expect(result.run).toMatchObject({
      people: { lead: 'Ada', operator: 'Ben', scribe: 'Ada' },
      blind: false,
    })
  })

  it('run from the first fault in force to the moments that people noted, and from the call to the proof', () => {
    expect(people(attended)).toEqual({ noticeMs: 8000, decideMs: 15_000, restoreMs: 750, diagnoseMs: null })
  })

  it('go by the moment that a note is about, not by when it was written down or in which order', () => {
    expect(people(addEvents(attended, [90_000, symptom('n9', KEY_DIED_MS + 3000)])).noticeMs).toBe(3000)
  })

  it('leave out what was noted before anything was broken', () => {
    expect(people(addEvents(attended, [20_000, symptom('n9', 20_000)])).noticeMs).toBe(8000)
  })

  it('leave out what the operator of a blind drill noted, who may have been told', () => {
    const told: JournalEvent = {
      type: 'note',
      note: 'n9',
      role: 'operator',
      by: 'Ben',
      kind: 'symptom',
      text: 'a page',
      forMs: KEY_DIED_MS + 1000,
    }
    expect(people(addEvents(attended, [26_000, told])).noticeMs).toBe(1000)
    expect(people(addEvents(blindRecords(), [26_000, told])).noticeMs).toBe(8000)
    const decided = changeEvents(blindRecords(), 'note', (entry) => ({
      ...entry,
      role: entry.note === 'n2' ? ('operator' as const) : entry.role,
    }))
    expect(people(decided).decideMs).toBeNull()
  })

  it('are null without people, whatever a script wrote', () => {
    expect(people(fridayRecords())).toEqual(NONE)
    expect(people(addEvents(fridayRecords(), [30_000, symptom('n1', 30_000)]))).toEqual(NONE)
  })

  it('are null where no fault came into force', () => {
    expect(people(dropEvents(attended, 'fault.in-force'))).toEqual(NONE)
  })

  it('count the restoring from a person’s abort, where one made the call', () => {
    const stopped = addEvents(attended, [
      61_000,
      { type: 'abort', rule: 'Ada', reason: 'real incident', by: 'person' },
    ])
    expect(people(stopped).restoreMs).toBe(1750)
    const byRule = addEvents(attended, [61_000, { type: 'abort', rule: 'x', reason: 'y', by: 'rule' }])
    expect(people(byRule).restoreMs).toBe(750)
  })

  it('go by the moment that a correction moved a note to', () => {
    const moved = addEvents(attended, [
      60_000,
      {
        type: 'note.corrected',
        note: 'n1',
        role: 'scribe',
        by: 'Grace',
        text: 'no alert yet',
        forMs: KEY_DIED_MS + 3000,
      },
    ])
    expect(people(moved).noticeMs).toBe(3000)
  })

  it('do not say that people restored what was gone before they called', () => {
    const capped = changeEvents(attended, 'fault.gone', (entry) => ({ ...entry, atMs: 55_000 }))
    expect(people(capped).restoreMs).toBeNull()
    expect(people(dropEvents(attended, 'fault.gone')).restoreMs).toBeNull()
  })

  it('stamp the first right diagnosis of a hidden fault, and none where nothing was hidden', () => {
    expect(people(blindRecords()).diagnoseMs).toBe(30_000)
    const seen = changeEvents(
      blindRecords(),
      'run.started',
      ({ run: { blind: _blind, ...run }, ...entry }) => ({
        ...entry,
        run,
      }),
    )
    expect(people(seen).diagnoseMs).toBeNull()
  })

  it('count a diagnosis that was corrected from its correction on', () => {
    const corrected = addEvents(dropEvents(blindRecords(), 'note'), ...GUESSES)
    expect(people(corrected).diagnoseMs).toBe(45_000 - KEY_DIED_MS)
  })

  const guessed = (rest: Partial<EventOf<'note'>>, atMs: number, ...more: [number, JournalEvent][]) =>
    people(
      addEvents(
        dropEvents(blindRecords(), 'note', 'note.corrected'),
        [
          atMs,
          {
            type: 'note',
            note: 'n1',
            role: 'scribe',
            by: 'Grace',
            kind: 'diagnosis',
            text: 'revoke-key',
            forMs: 54_200,
            ...rest,
          },
        ],
        ...more,
      ),
    ).diagnoseMs

  it.each<[string, number | null, Partial<EventOf<'note'>>, number, ...[number, JournalEvent][]]>([
    ['while it is in force', 30_000, {}, 55_000],
    ['after it was undone, before its restore phase is over', 50_800, { forMs: 75_000 }, 75_500],
    ['after its restore phase', null, { forMs: 80_100 }, 80_100],
    ['before it was in force', null, { forMs: 24_000 }, 24_100],
    ['written down later, before everybody is told', 30_000, {}, 135_900],
    ['written down when everybody has been told, and dated back', null, {}, 136_000],
    [
      'written down after the drill was aborted, and dated back',
      null,
      {},
      61_000,
      [60_000, { type: 'abort', rule: 'p95-above', reason: 'p95 6 s', by: 'rule' }],
    ],
    [
      'written down when it was not proven gone, and dated back',
      null,
      {},
      63_000,
      [62_900, { type: 'fault.not-gone', fault: 0, reason: 'still there', byHand: [] }],
    ],
    ['by the operator, who may know', null, { role: 'operator', by: 'Ben' }, 55_000],
    ['by an observer', 30_000, { role: 'observer', by: 'Edsger' }, 55_000],
    ['as a symptom', null, { kind: 'symptom' }, 55_000],
    [
      'in a correction, whatever moment that is about',
      60_000 - KEY_DIED_MS,
      { text: 'refused' },
      55_000,
      [60_000, corrected('revoke-key', 'scribe', 30_000)],
    ],
    [
      'in the operator’s correction',
      null,
      { text: 'refused' },
      55_000,
      [60_000, corrected('revoke-key', 'operator')],
    ],
    [
      'in a correction when everybody has been told',
      null,
      { text: 'refused' },
      55_000,
      [140_000, corrected('revoke-key', 'scribe')],
    ],
  ])('judge a diagnosis %s: %d', (_when, expected, rest, atMs, ...more) => {
    expect(guessed(rest, atMs, ...more)).toBe(expected)
  })

  it('do not take the name of one fault for another that is in force', () => {
    const late = changeEvents(blindRecords(), 'note', (entry) =>
      entry.note === 'n6' ? { ...entry, forMs: 90_000, atMs: 91_000 } : entry,
    )
    expect(people(late).diagnoseMs).toBeNull()
  })
})

function corrected(text: string, role: 'scribe' | 'operator', forMs?: number): JournalEvent {
  const moment = forMs === undefined ? {} : { forMs }
  return { type: 'note.corrected', note: 'n1', role, by: 'Grace', text, ...moment }
}

const GUESSES: [number, JournalEvent][] = [
  [
    30_000,
    {
      type: 'note',
      note: 'n1',
      role: 'scribe',
      by: 'Grace',
      kind: 'diagnosis',
      text: 'latency',
      forMs: 29_000,
    },
  ],
  [45_000, { type: 'note.corrected', note: 'n1', role: 'scribe', by: 'Grace', text: 'Revoke-key ' }],
]

describe('notes', () => {
  it('say what they were corrected to, keep what they said before, and stand at their moment', () => {
    const { notes } = composeResult(attended)
    expect(notes.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['n1', 32_200],
      ['n2', 39_200],
      ['n4', 50_000],
      ['n3', 57_000],
    ])
    expect(notes[0]).toMatchObject({
      text: 'no alert yet; the dashboard is 30 s late',
      earlier: ['no alert yet, dashboard still green'],
      owner: null,
    })
    expect(notes[3]).toMatchObject({ kind: 'to-do', earlier: [], owner: 'Ben', due: '2026-12-04' })
  })

  it('take owner and day from a correction that names them, and keep them in one that does not', () => {
    const { notes } = composeResult(
      addEvents(
        attended,
        [60_000, { type: 'note.corrected', note: 'n3', role: 'lead', by: 'Ada', text: 'b', owner: 'Ada' }],
        [61_000, { type: 'note.corrected', note: 'n3', role: 'lead', by: 'Ada', text: 'c' }],
      ),
    )
    expect(notes[3]).toMatchObject({ text: 'c', owner: 'Ada', due: '2026-12-04' })
    expect(notes[3]?.earlier).toEqual(['alert on 401 of the primary', 'b'])
  })

  it('stand at the moment that a correction says they are about', () => {
    const { notes } = composeResult(
      addEvents(
        attended,
        [
          60_000,
          { type: 'note.corrected', note: 'n1', role: 'scribe', by: 'Grace', text: 'b', forMs: 41_000 },
        ],
        [61_000, { type: 'note.corrected', note: 'n1', role: 'scribe', by: 'Grace', text: 'c' }],
      ),
    )
    expect(notes.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['n2', 39_200],
      ['n1', 41_000],
      ['n4', 50_000],
      ['n3', 57_000],
    ])
  })

  it('say which of them a script wrote', () => {
    const scripted = changeEvents(attended, 'note', (entry) =>
      entry.note === 'n2' ? { ...entry, script: true as const } : entry,
    )
    const result = composeResult(scripted)
    expect(resultSchema.parse(result)).toEqual(result)
    expect(result.notes.map(({ id, by, script }) => [id, by, script])).toEqual([
      ['n1', 'Grace', false],
      ['n2', 'Ada', true],
      ['n4', 'Grace', false],
      ['n3', 'Grace', false],
    ])
  })
})

describe('what was settled', () => {
  const settled = (records: Records) =>
    Object.fromEntries(
      composeResult(records).findings.map(({ key, owner, due, whyNot }) => [key, { owner, due, whyNot }]),
    )

  it('goes to the finding of that key; what nobody settled stays open', () => {
    const found = settled(attendedRecords({ router: { tripSlowMs: 11_800 } }))
    expect(found['missing-alert']).toEqual({ owner: 'Ada', due: '2026-11-27', whyNot: null })
    expect(found['no-alert']).toEqual({ owner: null, due: null, whyNot: 'it is the same as the missing one' })
    expect(found['failover-slow']).toEqual({ owner: null, due: null, whyNot: null })
  })

  it('is for a to-do what the debrief says of it as a whole, else what its note says', () => {
    const said = (rest: { owner: string | null; due: string | null; whyNot: string | null }) =>
      settled(
        addEvents(attended, [
          143_000,
          { type: 'finding.assigned', finding: 'to-do n3', title: 'x', by: 'person', who: 'Ada', ...rest },
        ]),
      )['to-do n3']
    expect(settled(attended)['to-do n3']).toEqual({ owner: 'Ben', due: '2026-12-04', whyNot: null })
    for (const word of [
      { owner: 'Ada', due: '2027-01-01', whyNot: null },
      { owner: null, due: null, whyNot: 'it is done' },
    ])
      expect(said(word)).toEqual(word)
  })

  it('never mixes the owner of the note with the day of the debrief', () => {
    const ownerOnly = changeEvents(attended, 'note', ({ due: _due, ...entry }) => entry)
    expect(settled(ownerOnly)['to-do n3']).toEqual({ owner: 'Ben', due: null, whyNot: null })
    const both = addEvents(ownerOnly, [
      143_000,
      {
        type: 'finding.assigned',
        finding: 'to-do n3',
        title: 'x',
        owner: 'Ada',
        due: '2027-01-01',
        whyNot: null,
        by: 'person',
        who: 'Ada',
      },
    ])
    expect(settled(both)['to-do n3']).toEqual({ owner: 'Ada', due: '2027-01-01', whyNot: null })
  })

  it('counts the last word on it', () => {
    const changed = addEvents(attended, [
      143_000,
      {
        type: 'finding.assigned',
        finding: 'missing-alert',
        title: 'x',
        owner: null,
        due: null,
        whyNot: 'there is one after all',
        by: 'person',
        who: 'Ada',
      },
    ])
    expect(settled(changed)['missing-alert']).toEqual({
      owner: null,
      due: null,
      whyNot: 'there is one after all',
    })
  })

  it('numbers the findings of one rule, so that each has a key of its own', () => {
    const { findings } = composeResult(fridayRecords({ router: { neverFailsBack: true } }))
    expect(findings.map(({ key }) => key)).toEqual(['never-fails-back', 'never-fails-back#2'])
  })
})

describe('the debrief', () => {
  it('keeps what was said in the order of the questions, and the day of the next drill', () => {
    const { debrief } = composeResult(attended)
    expect(debrief.said.map(({ about, by }) => [about, by])).toEqual([
      ['went well', 'Grace'],
      ['surprised', 'Grace'],
      ['missing alert', 'Grace'],
    ])
    expect(debrief.nextDrill).toBe('2026-11-27')
    expect(composeResult(fridayRecords()).debrief).toEqual({ said: [], nextDrill: null })
  })
})
