import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '../../../src/base/index.ts'
import { Alarm } from '../../../src/router/alarm.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const clock: Clock = { now: () => performance.now(), wall: () => new Date(0), sleep: () => Promise.resolve() }

function setup() {
  const began = clock.now()
  const due: number[] = []
  const alarm = new Alarm(clock, (nowMs) => due.push(nowMs - began))
  return { due, set: (ms: number) => alarm.set(began + ms, clock.now()), clear: () => alarm.clear() }
}

describe('an alarm', () => {
  it.each([
    ['goes off when it is due', [[0, 500]], [500]],
    [
      'moves to a later time',
      [
        [0, 500],
        [400, 900],
        [800, 1300],
      ],
      [1300],
    ],
    [
      'moves to an earlier time',
      [
        [0, 5000],
        [100, 600],
      ],
      [600],
    ],
    [
      'goes off again when set again',
      [
        [0, 100],
        [200, 300],
      ],
      [100, 300],
    ],
    ['goes off at once when it is overdue', [[200, 100]], [201]],
    [
      'may be put off for ever',
      [
        [0, 100],
        [50, Number.POSITIVE_INFINITY],
        [2000, 2100],
      ],
      [2100],
    ],
  ] as const)('%s', (_name, moves, expected) => {
    const { due, set } = setup()
    let at = 0
    for (const [when, dueMs] of moves) {
      vi.advanceTimersByTime(when - at)
      at = when
      set(dueMs)
    }
    vi.advanceTimersByTime(10_000)
    expect(due).toEqual(expected)
  })

  it('stays silent once cleared, and leaves no timer behind', () => {
    const { due, set, clear } = setup()
    set(100)
    clear()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(1000)
    expect(due).toEqual([])
  })

  it('costs one timer however often it is put off', () => {
    const { set } = setup()
    for (let n = 0; n < 1000; n++) set(1000 + n)
    expect(vi.getTimerCount()).toBe(1)
  })
})
