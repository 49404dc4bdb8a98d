import { afterEach, describe, expect, it } from 'vitest'
import { createDesk } from '../../../src/crew/index.ts'
import type { BreakPhase } from '../../../src/drill/index.ts'
import { readRecords } from '../../../src/record/index.ts'
import { bypassRouter } from '../../../src/run/bypass.ts'
import type { RunContext } from '../../../src/run/context.ts'
import { peopleHands } from '../../../src/run/people.ts'
import { PEOPLE, recordingSeat } from '../../support/crew-seat.ts'
import { runContext } from '../../support/run-context.ts'
import { faultRunBench } from '../../support/run-fault.ts'
import { testClock } from '../../support/test-clock.ts'

const open: RunContext[] = []
afterEach(() => {
  for (const context of open.splice(0)) context.recorder.close()
})

/** A router that was killed at T+00:01, to be bypassed five seconds later. */
async function killed({ people = false } = {}) {
  const clock = testClock()
  const seat = recordingSeat()
  const desk = createDesk({ people: PEOPLE, blind: false, clock })
  const hands = desk.host(seat)
  const context = await runContext({ clock, ...(people ? { crew: desk } : {}) })
  desk.begin(peopleHands(context))
  open.push(context)
  const started: (string | null)[] = []
  context.stage.router.hands = {
    state: 'killed',
    kill: async () => undefined,
    start: async (bypass) => void started.push(bypass),
  }
  const planned = context.input.planned.find(({ kind }) => kind === 'break')!
  const phase = { ...planned.phase, fault: { kind: 'router-killed', bypassAfter: 5000 } } as BreakPhase
  const { run } = faultRunBench()
  Object.assign(run, { inForceMs: 1000 })
  const done = bypassRouter(context, phase, run, 'router killed')
  return { clock, seat, hands, context, started, run, done, phase }
}

const lines = ({ input }: RunContext) =>
  readRecords(input.dir).journal.map(({ id: _id, at: _at, atMs: _atMs, ...event }) => event)

describe('a killed router is bypassed', () => {
  it('by the script’s hand at its time, where nobody is there', async () => {
    const { clock, started, context, done } = await killed()
    await clock.advance(5999)
    expect(started).toEqual([])
    await clock.advance(1)
    await done
    expect(started).toEqual(['primary'])
    expect(lines(context)).toEqual([
      { type: 'router.bypassed', provider: 'primary', by: 'script', who: null },
    ])
  })

  it('as soon as the operator types the word', async () => {
    const { clock, hands, seat, started, context, done } = await killed({ people: true })
    expect(seat.open).toMatchObject([{ gate: 'bypass router killed', role: 'operator', options: ['bypass'] }])
    await clock.advance(2000)
    await hands.answer('bypass router killed', 'bypass')
    await done
    expect(started).toEqual(['primary'])
    expect(lines(context).at(-1)).toMatchObject({ type: 'router.bypassed', by: 'person', who: 'Ben' })
  })

  it('at the deadline, where nobody has said anything by then', async () => {
    const { clock, started, context, done } = await killed({ people: true })
    await clock.advance(6000)
    await done
    expect(started).toEqual(['primary'])
    expect(lines(context).at(-1)).toMatchObject({ by: 'clock' })
  })

  it('not where the operator says no, or where it is being restored already', async () => {
    const refusing = await killed({ people: true })
    await refusing.hands.answer('bypass router killed', 'no')
    await refusing.done
    const late = await killed()
    Object.assign(late.run, { revertingMs: 5000 })
    await late.clock.advance(6000)
    await late.done
    expect([...refusing.started, ...late.started]).toEqual([])
  })
})
