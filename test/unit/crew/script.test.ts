import { describe, expect, test } from 'vitest'
import {
  createDesk,
  scriptSeat,
  type EngineHands,
  type LiveStatus,
  type Question,
} from '../../../src/crew/index.ts'
import type { Answers } from '../../../src/drill/index.ts'
import type { JournalEntry, JournalEvent } from '../../../src/record/index.ts'
import { testClock } from '../../support/test-clock.ts'

const STOPPING: LiveStatus = {
  atMs: 0,
  totalMs: 0,
  phase: { name: 'a', kind: 'break', index: 0, count: 1, lengthMs: 0, leftMs: 0 },
  next: null,
  stopping: true,
  load: null,
  lastMinute: null,
  limits: { success: 0, p95Ms: 0 },
  fault: null,
  clocks: null,
  withoutRouter: null,
  budget: { allowed: 0, spentBefore: null, fourHours: null },
  money: null,
  sentTotal: 0,
  failedTotal: 0,
}
const NOTHING: Answers = { gates: {}, notes: [], debrief: {}, findings: {} }

/** A script at a real desk, whose engine writes down what reaches it, with the drill's clock. */
function scripted(answers: Partial<Answers>) {
  const clock = testClock(0)
  const written: string[] = []
  const told: string[] = []
  const say = (text: string) => void written.push(`${clock.now() / 1000}s ${text}`)
  const engine: EngineHands = {
    nowMs: () => clock.now(),
    note: ({ kind, text, forMs }, { role, name }) => {
      say(`${role} ${name}: ${kind} ${text} (${forMs / 1000}s)`)
      return 'n1'
    },
    correct: (note, { text }) => (note === 'n1' ? (say(`n1: ${text}`), null) : `there is no note ${note}`),
    abort: ({ role }) => say(`${role} aborts`),
    joined: () => undefined,
    left: () => undefined,
    trouble: () => undefined,
  }
  const people = { lead: 'Ana', operator: 'Bo', scribe: 'Cem' }
  const desk = createDesk({ people, blind: false, clock })
  const seat = scriptSeat({ ...NOTHING, ...answers }, { clock, tell: (line) => told.push(line) })
  seat.take(desk.play(seat))
  desk.begin(engine)

  const entry = (event: JournalEvent) => {
    const stamped: JournalEntry = { ...event, id: 'e1', atMs: clock.now(), at: '' }
    desk.entry(stamped)
  }
  const phase = (name: string, plannedMs: number) =>
    entry({ type: 'phase.started', index: 0, name, kind: 'break', plannedMs })
  const ask = (gate: string, changes: Partial<Question> = {}) => {
    const withdrawn = new AbortController()
    const question: Question = {
      gate,
      role: 'lead',
      kind: 'choice',
      text: '?',
      options: ['go', 'no-go'],
      hint: '',
      default: null,
      deadlineMs: 60_000,
      read: (value) => ({ value }),
      ...changes,
    }
    void desk.ask(question, withdrawn.signal).then((reply) => {
      if (reply !== null) say(`${gate}: ${reply.value} (${reply.by} ${reply.who})`)
    })
    return () => withdrawn.abort()
  }
  return { clock, desk, seat, written, told, entry, phase, ask }
}

describe('a script', () => {
  test('answers a question at once or after a while, in the name of whoever is asked', async () => {
    const { clock, ask, written } = scripted({
      gates: { 'go / no-go': { say: 'go', after: 0 }, 'clear? a': { say: 'no', after: 2000 } },
    })
    ask('clear? a', { role: 'operator' })
    ask('go / no-go')
    await clock.advance(5000)
    expect(written).toEqual(['0s go / no-go: go (script Ana)', '2s clear? a: no (script Bo)'])
  })

  test('types the phrase that arms a break, and no where it says so', async () => {
    const { clock, ask, written } = scripted({
      gates: { 'arm a': { say: 'confirm', after: 0 }, 'arm b': { say: 'no-go', after: 1000 } },
    })
    const typed = { kind: 'typed', options: ['revoke-key primary'] } as const
    ask('arm a', typed)
    ask('arm b', typed)
    await clock.advance(1000)
    expect(written).toEqual(['0s arm a: revoke-key primary (script Ana)', '1s arm b: no-go (script Ana)'])
  })

  test('leaves to the clock what it has no answer for, and what it is to keep silent about', async () => {
    const { clock, ask, written, told } = scripted({ gates: { 'clear? a': { say: 'never', after: 0 } } })
    ask('clear? a')
    ask('go / no-go')
    ask('next drill')
    await clock.advance(60_000)
    expect([written, told]).toEqual([[], []])
  })

  test('answers again when the same question comes again', async () => {
    const { clock, ask, written } = scripted({ gates: { 'go / no-go': { say: 'go', after: 1000 } } })
    ask('go / no-go')
    await clock.advance(3000)
    ask('go / no-go')
    await clock.advance(3000)
    expect(written).toEqual(['1s go / no-go: go (script Ana)', '4s go / no-go: go (script Ana)'])
  })

  test('is too late without a word when a question is withdrawn before its answer', async () => {
    const { clock, ask, written, told } = scripted({ gates: { 'go / no-go': { say: 'go', after: 2000 } } })
    const withdraw = ask('go / no-go')
    await clock.advance(1000)
    withdraw()
    await clock.advance(5000)
    expect([written, told, clock.sleepers]).toEqual([[], [], 0])
  })

  test('tells of an answer that is not understood', async () => {
    const { clock, ask, told } = scripted({ gates: { 'arm a': { say: 'confirm', after: 0 } } })
    ask('arm a', { options: ['x'], read: () => ({ problem: 'write y' }) })
    await clock.advance(0)
    expect(told).toEqual(['the script\'s answer to "arm a" did not count: write y'])
  })

  test('speaks in the debrief, and passes on what it has nothing to say to, so that the next question comes', async () => {
    const { clock, ask, written } = scripted({
      debrief: { surprised: 'how quiet it was' },
      findings: { tail: { owner: 'Ana', due: '+7d' }, slow: { not: 'known' } },
      next: '2026-12-18',
    })
    for (const gate of ['went well', 'surprised', 'finding tail', 'finding slow', 'finding to-do n1'])
      ask(gate, { kind: 'text', role: 'scribe' })
    ask('next drill')
    await clock.advance(0)
    expect(written).toEqual([
      '0s went well:  (script Cem)',
      '0s surprised: how quiet it was (script Cem)',
      '0s finding tail: Ana +7d (script Cem)',
      '0s finding slow: no: known (script Cem)',
      '0s finding to-do n1: no: the script names nobody (script Cem)',
      '0s next drill: 2026-12-18 (script Ana)',
    ])
  })

  test('gives every other finding to whom it names for them', async () => {
    const { clock, ask, written } = scripted({
      findings: { tail: { not: 'known' }, '*': { owner: 'Bo', due: '+2w' } },
    })
    ask('finding tail')
    ask('finding tail#2')
    await clock.advance(0)
    expect(written).toEqual([
      '0s finding tail: no: known (script Ana)',
      '0s finding tail#2: Bo +2w (script Ana)',
    ])
  })

  test('writes notes in their phase, at their time, in their role, and dates them back', async () => {
    const { clock, phase, written } = scripted({
      notes: [
        { phase: 'b', after: 0, as: 'scribe', kind: 'note', text: 'not yet' },
        { phase: 'a', after: 10_000, as: 'lead', kind: 'decision', text: 'go on' },
        { phase: 'a', after: 5000, as: 'scribe', kind: 'symptom', text: '@-3s errors' },
      ],
    })
    await clock.advance(2000)
    phase('a', 20_000)
    await clock.advance(20_000)
    expect(written).toEqual(['7s scribe Cem: symptom errors (4s)', '12s lead Ana: decision go on (12s)'])
  })

  test('corrects a note, and tells when there is none', async () => {
    const { clock, phase, written, told } = scripted({
      notes: [
        { phase: 'a', after: 0, as: 'scribe', kind: 'note', text: 'better', corrects: 'n1' },
        { phase: 'a', after: 0, as: 'scribe', kind: 'note', text: 'worse', corrects: 'n9' },
      ],
    })
    phase('a', 20_000)
    await clock.advance(0)
    expect(written).toEqual(['0s n1: better'])
    expect(told).toEqual(['the script\'s note "worse" was not written: there is no note n9'])
  })

  test('does in a shortened phase all that it would in the whole one', async () => {
    const { clock, phase, written } = scripted({
      notes: [{ phase: 'a', after: 60_000, as: 'scribe', kind: 'note', text: 'x' }],
      abort: { phase: 'b', after: 60_000 },
    })
    phase('a', 3000)
    await clock.advance(3000)
    phase('b', 200)
    await clock.advance(200)
    expect(written).toEqual(['2.5s scribe Cem: note x (2.5s)', '3s lead aborts'])
  })

  test.each([
    [
      'the drill is aborted',
      ({ entry }: ReturnType<typeof scripted>) =>
        entry({ type: 'abort', rule: 'success-below', reason: 'x', by: 'rule' }),
    ],
    ['the run is being stopped', ({ seat }: ReturnType<typeof scripted>) => seat.status(STOPPING)],
    ['its seat is closed', ({ desk }: ReturnType<typeof scripted>) => void desk.close()],
  ])('does nothing more once %s', async (_name, stop) => {
    const script = scripted({
      notes: [{ phase: 'a', after: 5000, as: 'scribe', kind: 'note', text: 'x' }],
      abort: { phase: 'a', after: 6000 },
    })
    script.phase('a', 20_000)
    await script.clock.advance(4000)
    expect(script.clock.sleepers).toBe(2)
    stop(script)
    await script.clock.advance(20_000)
    expect([script.written, script.clock.sleepers]).toEqual([[], 0])
  })
})
