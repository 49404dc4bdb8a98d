import { afterEach, describe, expect, it } from 'vitest'
import { createDesk, type SeatHands } from '../../../src/crew/index.ts'
import type { BreakPhase } from '../../../src/drill/index.ts'
import { readRecords } from '../../../src/record/index.ts'
import { breakGates, type BreakGates } from '../../../src/run/break-gates.ts'
import type { RunContext } from '../../../src/run/context.ts'
import { askGate, type Gate } from '../../../src/run/gates.ts'
import type { RunInput } from '../../../src/run/input.ts'
import { peopleHands } from '../../../src/run/people.ts'
import { gates, PEOPLE, recordingSeat, type RecordingSeat } from '../../support/crew-seat.ts'
import { runContext } from '../../support/run-context.ts'
import { testClock, type TestClock } from '../../support/test-clock.ts'

const open: RunContext[] = []
afterEach(() => {
  for (const context of open.splice(0)) context.recorder.close()
})

interface Room {
  context: RunContext
  clock: TestClock
  seat: RecordingSeat
  hands: SeatHands
}

/** A run of the quick drill with the lead's terminal, at T+00:00. */
async function room(input: Partial<RunInput> = {}): Promise<Room> {
  const clock = testClock()
  const desk = createDesk({ people: PEOPLE, blind: input.blind === true, clock })
  const seat = recordingSeat()
  const hands = desk.host(seat)
  const context = await runContext({ clock, crew: desk, input })
  desk.begin(peopleHands(context))
  open.push(context)
  return { context, clock, seat, hands }
}

const journal = ({ input }: RunContext) =>
  readRecords(input.dir).journal.map(({ id: _id, at: _at, atMs: _atMs, ...event }) => event)

const goNoGo = (change: Partial<Gate> = {}): Gate => ({
  name: 'go / no-go',
  role: 'lead',
  text: 'Break it?',
  words: ['go', 'no-go'],
  phrase: null,
  default: 'no-go',
  deadlineMs: 10_000,
  ...change,
})

describe('a gate', () => {
  it.each([
    { typed: 'go', decision: 'go' },
    { typed: 'G', decision: 'go' },
    { typed: 'yes', decision: 'go' },
    { typed: ' No-Go ', decision: 'no-go' },
    { typed: 'n', decision: 'no-go' },
  ])('reads "$typed" as $decision, and the journal says who said so', async ({ typed, decision }) => {
    const { context, hands, clock } = await room()
    const decided = askGate(context, goNoGo())
    await clock.advance(1000)
    expect(await hands.answer('go / no-go', typed)).toBeNull()
    expect(await decided).toMatchObject({ decision, by: 'person', who: 'Ana' })
    expect(journal(context)).toMatchObject([
      { type: 'gate.decided', gate: 'go / no-go', role: 'lead', decision, by: 'person', who: 'Ana' },
    ])
  })

  it.each(['go', 'no-go'] as const)('that nobody answers is decided by the clock: %s', async (fallback) => {
    const { context, clock, seat } = await room()
    const decided = askGate(context, goNoGo({ default: fallback }))
    await clock.advance(9999)
    expect(gates(seat)).toEqual(['go / no-go'])
    await clock.advance(1)
    expect(await decided).toEqual({
      decision: fallback,
      by: 'clock',
      who: null,
      reason: 'nobody answered in time',
    })
    expect(seat.open).toEqual([])
    expect(journal(context)).toMatchObject([{ type: 'gate.decided', by: 'clock', decision: fallback }])
  })

  it('that wants a name takes no other word for it', async () => {
    const { context, hands } = await room()
    const decided = askGate(context, goNoGo({ role: 'operator', phrase: 'revoke-key primary' }))
    for (const typed of ['go', 'yes', 'revoke-key', 'revoke-key secondary'])
      expect(await hands.answer('go / no-go', typed)).toContain('revoke-key primary')
    await hands.answer('go / no-go', 'Revoke-key   primary')
    expect((await decided)?.decision).toBe('go')
  })

  it('is withdrawn without a word when the drill ends', async () => {
    const { context, seat } = await room()
    const decided = askGate(context, goNoGo())
    context.ending.decide({ reason: 'abort', rule: 'person', detail: 'stop' })
    expect(await decided).toBeNull()
    expect(seat.open).toEqual([])
    expect(journal(context)).toEqual([])
  })

  it('is decided by the checks where nobody is there', async () => {
    const clock = testClock()
    const context = await runContext({ clock })
    open.push(context)
    expect(await askGate(context, goNoGo())).toMatchObject({ decision: 'go', by: 'script', who: null })
  })
})

describe('the questions around a break', () => {
  const breakOf = ({ input }: RunContext) => input.planned.find(({ kind }) => kind === 'break')!
  const objectionTo = (asked: BreakGates, context: RunContext) => {
    const planned = breakOf(context)
    if (planned.phase.phase !== 'break') throw new Error('the quick drill has no break')
    return asked.objectionToArming(planned.phase, planned)
  }
  const phraseOf = ({ seat }: Room) => seat.open[0]?.options[0] ?? ''

  it('arm it when the operator types its name', async () => {
    const held = await room()
    const asked = breakGates(held.context)
    asked.prepare(breakOf(held.context), 5000)
    const objection = objectionTo(asked, held.context)
    expect(phraseOf(held)).toBe('revoke-key primary')
    await held.hands.answer(held.seat.open[0]?.gate ?? '', 'revoke-key primary')
    expect(await objection).toBeNull()
  })

  it('name both faults where both providers are to be broken', async () => {
    const held = await room()
    const planned = breakOf(held.context)
    const secondary = { kind: 'refused' as const }
    breakGates(held.context).prepare(
      { ...planned, phase: { ...planned.phase, secondary } as BreakPhase },
      5000,
    )
    expect(phraseOf(held)).toBe('both providers')
    expect(held.seat.open[0]?.text).toContain('revoke-key primary, refused secondary')
  })

  it('leave a little time after the break should have begun, and then leave it out', async () => {
    const { context, clock } = await room()
    const asked = breakGates(context)
    const { plannedMs } = breakOf(context)
    asked.prepare(breakOf(context), 5000)
    const objection = objectionTo(asked, context)
    await clock.advance(5000 + plannedMs / 10 - 1)
    expect(journal(context)).toEqual([])
    await clock.advance(1)
    expect(await objection).toBe('nobody typed its name in time')
  })

  it('let the operator say no', async () => {
    const { context, hands, seat } = await room()
    const asked = breakGates(context)
    asked.prepare(breakOf(context), 5000)
    await hands.answer(seat.open[0]?.gate ?? '', 'no')
    expect(await objectionTo(asked, context)).toBe('Ben said no')
  })

  it('do not name the fault of a blind drill', async () => {
    const held = await room({ blind: true })
    breakGates(held.context).prepare(breakOf(held.context), 5000)
    expect(phraseOf(held)).toBe('break it')
    expect(JSON.stringify(held.seat.open)).not.toContain('revoke-key')
  })

  it('ask for the alert in the second half of the break', async () => {
    const { context, clock, seat, hands } = await room()
    const planned = { ...breakOf(context), plannedMs: 4000 }
    breakGates(context).askForAlert(planned, 4000)
    await clock.advance(1999)
    expect(seat.open).toEqual([])
    await clock.advance(1)
    expect(seat.open).toMatchObject([{ role: 'operator', default: 'no' }])
    await hands.answer(seat.open[0]?.gate ?? '', 'yes')
    await clock.advance(0)
    expect(journal(context)).toMatchObject([{ decision: 'yes', who: 'Ben' }])
  })

  it.each([
    { typed: 'no', objection: 'Ana said that it is not clear' },
    { typed: 'yes', objection: null },
  ])('ask whether it is clear; "$typed" decides about the next break', async ({ typed, objection }) => {
    const { context, clock, seat, hands } = await room()
    const asked = breakGates(context)
    asked.askIfClear(breakOf(context), 4000)
    expect(seat.open).toMatchObject([{ role: 'lead', default: 'yes' }])
    await hands.answer(seat.open[0]?.gate ?? '', typed)
    await clock.advance(0)
    expect(asked.objection()).toBe(objection)
  })

  it('take back the question of a break that is left out', async () => {
    const { context, seat, clock } = await room()
    const asked = breakGates(context)
    asked.prepare(breakOf(context), 5000)
    asked.withdraw()
    await clock.advance(0)
    expect(seat.open).toEqual([])
  })

  it('are asked when the break begins where the phase before it was left out', async () => {
    const { context, seat, hands, clock } = await room()
    const asked = breakGates(context)
    const refused = objectionTo(asked, context)
    expect(gates(seat)).toEqual(['arm revoked key'])
    await clock.advance(breakOf(context).plannedMs / 10)
    expect(await refused).toBe('nobody typed its name in time')
    const armed = objectionTo(asked, context)
    await hands.answer('arm revoked key', 'revoke-key primary')
    expect(await armed).toBeNull()
  })

  it('are not asked where nobody is there', async () => {
    const clock = testClock()
    const context = await runContext({ clock })
    open.push(context)
    const asked = breakGates(context)
    asked.prepare(breakOf(context), 5000)
    expect(await objectionTo(asked, context)).toBeNull()
    expect(journal(context)).toEqual([])
  })
})
