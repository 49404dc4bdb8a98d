import { describe, expect, it } from 'vitest'
import { describeEntry, type JournalEvent } from '../../../src/record/index.ts'

const say = (event: JournalEvent, atMs = 100_000) => {
  const line = describeEntry({ id: 'j1', atMs, at: '2026-11-20T14:00:00.000Z', ...event })
  return `${line?.who}: ${line?.text}`
}
const note = (forMs: number, rest: { owner?: string; due?: string; script?: true } = {}): JournalEvent => ({
  type: 'note',
  note: 'n4',
  role: 'scribe',
  by: 'Grace',
  kind: 'symptom',
  text: 'no alert yet',
  forMs,
  ...rest,
})
const gate = (rest: { by: 'person' | 'clock' | 'script'; who: string | null }): JournalEvent => ({
  type: 'gate.decided',
  gate: 'go / no-go',
  role: 'lead',
  decision: 'no-go',
  reason: 'nobody answered in time',
  ...rest,
})
const assigned = (rest: {
  owner: string | null
  due: string | null
  whyNot: string | null
}): JournalEvent => ({
  type: 'finding.assigned',
  finding: 'no-alert',
  title: 'No alert had fired.',
  by: 'person',
  who: 'Ada',
  ...rest,
})

/** 1 s before the lines of this file are written. */
const FRESH_MS = 98_000

describe('what people did, as a line of the log', () => {
  it.each<[string, JournalEvent, string]>([
    ['a note', note(FRESH_MS), 'scribe: n4 symptom: "no alert yet" (Grace)'],
    [
      'a note begun 5 s before it was done',
      note(95_000),
      'scribe: n4 symptom: "no alert yet" (Grace), for T+01:35',
    ],
    ['a note dated back', note(55_000), 'scribe: n4 symptom: "no alert yet" (Grace), for T+00:55'],
    [
      'a note with an owner and a day',
      note(99_000, { owner: 'Ben', due: '2026-12-04' }),
      'scribe: n4 symptom: "no alert yet" (Grace; owner Ben, due 2026-12-04)',
    ],
    [
      'a correction',
      { type: 'note.corrected', note: 'n4', role: 'scribe', by: 'Grace', text: 'one alert' },
      'scribe: n4 corrected: "one alert" (Grace)',
    ],
    [
      'a correction of the moment as well',
      { type: 'note.corrected', note: 'n4', role: 'scribe', by: 'Grace', text: 'one alert', forMs: 95_000 },
      'scribe: n4 corrected: "one alert" (Grace), for T+01:35',
    ],
    [
      'a script’s note',
      note(FRESH_MS, { script: true, owner: 'Ben' }),
      'scribe: n4 symptom: "no alert yet" (Grace, by script; owner Ben)',
    ],
    [
      'a script’s correction',
      { type: 'note.corrected', note: 'n4', role: 'scribe', by: 'Grace', text: 'one alert', script: true },
      'scribe: n4 corrected: "one alert" (Grace, by script)',
    ],
    [
      'a decision by a person',
      gate({ by: 'person', who: 'Ada' }),
      'lead: go / no-go: NO-GO (Ada, nobody answered in time)',
    ],
    [
      'a decision by the clock',
      gate({ by: 'clock', who: null }),
      'lead: go / no-go: NO-GO (the clock, nobody answered in time)',
    ],
    [
      'a finding with an owner',
      assigned({ owner: 'Ben', due: '2026-12-04', whyNot: null }),
      'debrief: No alert had fired: Ben by 2026-12-04',
    ],
    [
      'a finding that nobody takes on',
      assigned({ owner: null, due: null, whyNot: 'it is known' }),
      'debrief: No alert had fired: nobody, because it is known',
    ],
    [
      'an answer in the debrief',
      { type: 'debrief.said', about: 'surprised', role: 'scribe', by: 'person', who: 'Grace', text: 'a lag' },
      'scribe: surprised: "a lag" (Grace)',
    ],
    [
      'a person’s abort',
      { type: 'abort', rule: 'person', reason: 'Ada (lead) said stop', by: 'person' },
      'person: ABORT: Ada (lead) said stop',
    ],
    [
      'a script’s abort',
      { type: 'abort', rule: 'script', reason: 'Ada (lead) said stop', by: 'script' },
      'script: ABORT: Ada (lead) said stop',
    ],
    [
      'a rule’s abort',
      { type: 'abort', rule: 'p95-above', reason: 'p95 6 s', by: 'rule' },
      'rule: ABORT (p95-above): p95 6 s',
    ],
  ])('tells %s', (_what, event, line) => {
    expect(say(event)).toBe(line)
  })
})
