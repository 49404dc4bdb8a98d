import type { JournalEvent, Records } from '../../src/record/index.ts'
import { addEvents, changeEvents, dropEvents, fridayRecords, type FridayOptions } from './records.ts'

/** The moment at which the key of the Friday drill is revoked. */
export const KEY_DIED_MS = 24_200

type Timed = [atMs: number, event: JournalEvent]

/** What three people, a clock and a second terminal did in a Friday drill: every kind of line that people can cause. */
const PEOPLE: Timed[] = [
  [1500, { type: 'seat.joined', role: 'scribe', by: 'Grace' }],
  [2600, { type: 'seat.joined', role: 'observer', by: 'Edsger' }],
  [
    24_100,
    {
      type: 'gate.decided',
      gate: 'arm Revoke the key',
      role: 'operator',
      decision: 'go',
      by: 'person',
      who: 'Ben',
      reason: 'typed “revoke-key primary”',
    },
  ],
  [33_900, note('n1', 'scribe', 'Grace', 'symptom', 'no alert yet, dashboard still green', 32_200)],
  [40_100, note('n2', 'lead', 'Ada', 'decision', 'we go on; the secondary holds', 39_200)],
  [
    44_000,
    {
      type: 'gate.decided',
      gate: 'did the alert fire? Revoke the key',
      role: 'operator',
      decision: 'no',
      by: 'person',
      who: 'Ben',
      reason: 'answered in time',
    },
  ],
  [
    52_000,
    {
      type: 'note.corrected',
      note: 'n1',
      role: 'scribe',
      by: 'Grace',
      text: 'no alert yet; the dashboard is 30 s late',
    },
  ],
  [
    58_000,
    {
      type: 'note',
      note: 'n3',
      role: 'scribe',
      by: 'Grace',
      kind: 'to-do',
      text: 'alert on 401 of the primary',
      forMs: 57_000,
      owner: 'Ben',
      due: '2026-12-04',
    },
  ],
  [
    78_000,
    {
      type: 'gate.decided',
      gate: 'clear? Restore the key',
      role: 'lead',
      decision: 'yes',
      by: 'clock',
      who: null,
      reason: 'nobody answered in time',
    },
  ],
  [95_000, note('n4', 'scribe', 'Grace', 'symptom', 'first slow page of a tester', 50_000)],
  [110_000, { type: 'seat.left', role: 'observer', by: 'Edsger' }],
  [137_000, said('went well', 'Grace', 'the router was faster than we could look')],
  [138_500, said('surprised', 'Grace', 'the dashboard lags by half a minute')],
  [140_000, said('missing alert', 'Grace', 'nothing pages anybody when the primary answers 401')],
  [
    141_000,
    {
      type: 'finding.assigned',
      finding: 'missing-alert',
      title: 'An alert was missing',
      owner: 'Ada',
      due: '2026-11-27',
      whyNot: null,
      by: 'person',
      who: 'Ada',
    },
  ],
  [
    142_000,
    {
      type: 'finding.assigned',
      finding: 'no-alert',
      title: 'No alert had fired',
      owner: null,
      due: null,
      whyNot: 'it is the same as the missing one',
      by: 'person',
      who: 'Ada',
    },
  ],
  [146_000, { type: 'next.proposed', date: '2026-11-27', by: 'person', who: 'Ada' }],
]

function note(
  id: string,
  role: 'lead' | 'scribe',
  by: string,
  kind: 'symptom' | 'decision',
  text: string,
  forMs: number,
): JournalEvent {
  return { type: 'note', note: id, role, by, kind, text, forMs }
}

function said(about: 'went well' | 'surprised' | 'missing alert', who: string, text: string): JournalEvent {
  return { type: 'debrief.said', about, role: 'scribe', by: 'person', who, text }
}

/** Makes the records of a Friday drill that three people held, a week after another, whose findings were to be tested again. */
export function attendedRecords(options: Omit<FridayOptions, 'attended'> = {}): Records {
  const bare = dropEvents(fridayRecords({ ...options, attended: true }), 'note')
  return addEvents(
    changeEvents(bare, 'run.started', (entry) => ({
      ...entry,
      run: { ...entry.run, people: { lead: 'Ada', operator: 'Ben', scribe: 'Ada' } },
      before: {
        run: 'k3v9qz',
        startedAt: '2026-11-13T14:00:02.113Z',
        attended: true,
        verdict: 'weak',
        people: { noticeMs: 31_000, decideMs: 15_000, restoreMs: 700, diagnoseMs: null },
        faults: [
          { kind: 'revoke-key', target: 'primary', stableMs: 412, failbackMs: 4100 },
          { kind: 'latency', target: 'primary', stableMs: 11_800, failbackMs: null },
        ],
        findings: [
          {
            key: 'failover-slow',
            title: 'Fault 2 (latency on primary): stable service after 11.8 s, at most 5 s allowed.',
            owner: 'Ben',
            due: '2026-11-20',
            retest: '2027-02-12',
            retestDue: false,
          },
          {
            key: 'to-do n2',
            title: 'Noted by Grace (scribe) at T+09:12: print the runbook',
            owner: 'Grace',
            due: null,
            retest: '2027-02-12',
            retestDue: false,
          },
          {
            key: 'missing-alert',
            title: 'An alert was missing, as Grace said in the debrief: on 401',
            owner: null,
            due: null,
            retest: '2026-11-18',
            retestDue: true,
          },
          {
            key: 'never-fails-back',
            title:
              'Fault 1 (revoke-key on primary): 690 of 690 answers after the restore still came from the other provider.',
            owner: 'Ada',
            due: '2026-10-02',
            retest: '2026-11-18',
            retestDue: true,
          },
        ],
      },
    })),
    ...PEOPLE,
  )
}

/** The same drill, blind: what was broken was drawn, and Grace took two guesses. */
export function blindRecords(): Records {
  return addEvents(
    changeEvents(attendedRecords(), 'run.started', (entry) => ({
      ...entry,
      run: { ...entry.run, blind: true as const },
    })),
    [
      47_000,
      {
        type: 'note',
        note: 'n5',
        role: 'scribe',
        by: 'Grace',
        kind: 'diagnosis',
        text: 'refused',
        forMs: 46_200,
      },
    ],
    [
      55_000,
      {
        type: 'note',
        note: 'n6',
        role: 'scribe',
        by: 'Grace',
        kind: 'diagnosis',
        text: 'revoke-key',
        forMs: 54_200,
      },
    ],
  )
}
