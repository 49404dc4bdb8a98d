import { describe, expect, it } from 'vitest'
import { resultSchema, type JournalEvent, type Records } from '../../../src/record/index.ts'
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

  it('do not take the name of one fault for another that is in force', () => {
    const late = changeEvents(blindRecords(), 'note', (entry) =>
      entry.note === 'n6' ? { ...entry, forMs: 90_000, atMs: 91_000 } : entry,
    )
    expect(people(late).diagnoseMs).toBeNull()
  })
})

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

  it('is for a to-do what its note says, before what the debrief says', () => {
    const both = addEvents(attended, [
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
    expect(settled(both)['to-do n3']).toEqual({ owner: 'Ben', due: '2026-12-04', whyNot: null })
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
    const { debrief } = composeResult(
      addEvents(attended, [
        139_000,
        { type: 'debrief.said', about: 'went well', role: 'scribe', by: 'clock', who: null, text: ' ' },
      ]),
    )
    expect(debrief.said.map(({ about, by }) => [about, by])).toEqual([
      ['went well', 'Grace'],
      ['surprised', 'Grace'],
      ['missing alert', 'Grace'],
    ])
    expect(debrief.nextDrill).toBe('2026-11-27')
    expect(composeResult(fridayRecords()).debrief).toEqual({ said: [], nextDrill: null })
  })
})
