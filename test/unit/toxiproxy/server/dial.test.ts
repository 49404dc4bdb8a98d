import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { dial, type Dialled } from '../../../../src/toxiproxy/server/dial.ts'
import { Intake } from '../../../../src/toxiproxy/server/intake.ts'
import { stalledListener } from '../../../support/toxiproxy-stalled-listener.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('an upstream that never answers is given up after thirty seconds', async () => {
  const stalled = await stalledListener()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const told: (Dialled | null)[] = []
  dial(stalled.address, new Intake(), (dialled) => told.push(dialled))
  vi.advanceTimersByTime(29_999)
  await wait(20)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  await wait(20)
  expect(told).toEqual([null])
  vi.useRealTimers()
  await stalled.close()
})

test('a dial that is given up tells nobody', async () => {
  const told: (Dialled | null)[] = []
  dial('127.0.0.1:1', new Intake(), (dialled) => told.push(dialled)).abort()
  dial('garbage', new Intake(), (dialled) => told.push(dialled)).abort()
  await wait(50)
  expect(told).toEqual([])
})

test.each(['127.0.0.1:1', 'garbage', '127.0.0.1:99999', ''])(
  'nobody at %j is told once, and later',
  async (upstream) => {
    const told: (Dialled | null)[] = []
    dial(upstream, new Intake(), (dialled) => told.push(dialled))
    expect(told).toEqual([])
    await wait(50)
    expect(told).toEqual([null])
  },
)
