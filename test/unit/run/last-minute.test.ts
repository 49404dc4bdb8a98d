import { describe, expect, it } from 'vitest'
import type { Sample } from '../../../src/record/index.ts'
import { lastMinute } from '../../../src/run/last-minute.ts'
import { sample } from '../../support/sample.ts'

/** A request that ended then, after so long. */
const ended = (
  endMs: number,
  { ms = 100, ok = true, lane = 'main' }: { ms?: number; ok?: boolean; lane?: Sample['lane'] } = {},
) =>
  sample({
    id: 'm1',
    lane,
    intendedMs: endMs - ms,
    endMs,
    outcome: ok ? 'ok' : 'failed',
    class: ok ? null : 'connection',
  })

describe('the last minute', () => {
  it('is 24 bins that end with the running one, and empty ones say so', () => {
    const minute = lastMinute()
    minute.add(ended(61_000, { ms: 300 }))
    const { success, p95Ms } = minute.at(61_000)
    expect(success).toHaveLength(24)
    expect(success.at(-1)).toBe(1)
    expect(p95Ms.at(-1)).toBe(300)
    expect(success.slice(0, -1)).toEqual(Array.from({ length: 23 }, () => null))
  })

  it('counts a request in the bin in which it ended, and a failure as never answered', () => {
    const minute = lastMinute()
    for (const end of [2400, 2500, 4999]) minute.add(ended(end))
    minute.add(ended(4000, { ok: false }))
    const { success, p95Ms } = minute.at(4999)
    expect(success.slice(-2)).toEqual([1, 2 / 3])
    expect(p95Ms.slice(-2)).toEqual([100, 'inf'])
  })

  it('moves on with the clock, and takes in what comes late', () => {
    const minute = lastMinute()
    minute.add(ended(1000))
    expect(minute.at(1000).success.at(-1)).toBe(1)
    minute.add(ended(2000, { ok: false }))
    expect(minute.at(4000).success.slice(-2)).toEqual([0.5, null])
    expect(minute.at(70_000).success.every((bin) => bin === null)).toBe(true)
  })

  it('leaves the control lane out', () => {
    const minute = lastMinute()
    minute.add(ended(1000, { lane: 'control' }))
    expect(minute.at(1000).success.at(-1)).toBeNull()
  })
})
