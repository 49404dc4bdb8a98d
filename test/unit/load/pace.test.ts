import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/base/index.ts'
import { pace } from '../../../src/load/pace.ts'
import { arrivalOffsets } from '../../../src/load/schedule.ts'

/** A clock that stands still but for its sleeps, which may wake early or late. */
function fakeClock(wakes: (ms: number) => number = (ms) => ms) {
  let nowMs = 1000
  const clock: Clock = {
    now: () => nowMs,
    wall: () => new Date(0),
    sleep: async (ms, signal) => {
      await Promise.resolve()
      if (signal?.aborted) throw signal.reason
      nowMs += wakes(ms)
    },
  }
  return { clock, advance: (ms: number) => void (nowMs += ms) }
}

function run(
  clock: Clock,
  { perSecond = 100, onDue = (_offset: number, _stop: () => void): void => undefined } = {},
) {
  const schedule = new AbortController()
  const due: { offset: number; atMs: number }[] = []
  const missed: number[] = []
  const done = pace({
    offsets: arrivalOffsets({ perSecond, arrivals: 'uniform', seed: 1, purpose: 'main' }),
    startMs: clock.now(),
    clock,
    signal: schedule.signal,
    due: (offset) => {
      due.push({ offset, atMs: clock.now() - 1000 })
      onDue(offset, () => schedule.abort())
    },
    missed: (offset) => void missed.push(offset),
  })
  return { done, due, missed, stop: () => schedule.abort() }
}

describe('the pace', () => {
  it('keeps to the absolute schedule and never sends early, though timers fire early', async () => {
    const { clock } = fakeClock((ms) => Math.max(0.1, ms - 0.3))
    const { due, done } = run(clock, { onDue: (offset, stop) => offset >= 2000 && stop() })
    await done
    for (const { offset, atMs } of due) {
      expect(atMs - offset).toBeGreaterThanOrEqual(0)
      expect(atMs - offset).toBeLessThan(0.2)
    }
    expect(due.length).toBe(201)
  })

  it('sends what a stalled clock made late at once, each with its own offset, and then is on time again', async () => {
    const { clock, advance } = fakeClock()
    const { due, done } = run(clock, {
      onDue: (offset, stop) => {
        if (offset === 500) advance(300)
        if (offset === 1000) stop()
      },
    })
    await done
    expect(due.map(({ offset }) => offset)).toEqual(Array.from({ length: 101 }, (_, index) => index * 10))
    const lag = new Map(due.map(({ offset, atMs }) => [offset, Math.round(atMs - offset)]))
    expect([lag.get(490), lag.get(510), lag.get(700), lag.get(810)]).toEqual([0, 290, 100, 0])
  })

  it('lets the event loop turn although it can never catch up', async () => {
    const { clock, advance } = fakeClock()
    const running = run(clock, { onDue: () => advance(11) })
    await new Promise((resolve) => setTimeout(resolve, 20))
    running.stop()
    await running.done
    expect(running.due.length).toBeGreaterThan(16)
  })

  it('still sends at the stop what is late by up to a second, and calls missed what is overdue by more', async () => {
    const { clock, advance } = fakeClock()
    const { due, missed, done } = run(clock, {
      perSecond: 10,
      onDue: (offset, stop) => {
        if (offset !== 1000) return
        advance(1450)
        stop()
      },
    })
    await done
    expect(missed).toEqual([1100, 1200, 1300, 1400])
    expect(due.slice(-10).map(({ offset }) => offset)).toEqual([
      1500, 1600, 1700, 1800, 1900, 2000, 2100, 2200, 2300, 2400,
    ])
  })

  it('sends no more after the stop', async () => {
    const { clock, advance } = fakeClock()
    const { due, done } = run(clock, { onDue: (offset, stop) => offset === 50 && stop() })
    await done
    advance(1000)
    expect(due.at(-1)?.offset).toBe(50)
  })

  it('passes on what goes wrong in sending', async () => {
    const { clock } = fakeClock()
    const fail = () => {
      throw new Error('a bug')
    }
    await expect(run(clock, { onDue: fail }).done).rejects.toThrow('a bug')
  })
})
