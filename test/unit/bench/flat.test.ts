import { describe, expect, it } from 'vitest'
import { judgeFlatness } from '../../../bench/router/flat.ts'

/** A reading a minute for half an hour. */
const readings = (mbAt: (minute: number) => number, minutes = 30) =>
  Array.from({ length: minutes }, (_, n) => ({ atMs: (n + 1) * 60_000, mb: mbAt(n + 1) }))
const sawtooth = (minute: number) => (minute % 3) * 4

describe('the judge of a soak', () => {
  it.each<[string, (minute: number) => number, boolean]>([
    ['takes an even level as flat', () => 150, true],
    ['takes a warm-up and a sawtooth as flat', (at) => 150 - 60 / at ** 2 + sawtooth(at), true],
    ['takes a falling level as flat', (at) => 150 - at, true],
    ['finds a leak of a megabyte a minute', (at) => 100 + at, false],
    ['finds it under a sawtooth', (at) => 100 + at + sawtooth(at), false],
  ])('%s', (_, mbAt, flat) => {
    expect(judgeFlatness(readings(mbAt)).flat).toBe(flat)
  })

  it('states level and growth after the first third', () => {
    const { levelMb, growthMb } = judgeFlatness(readings((at) => 100 + at))
    expect(levelMb).toBe(121)
    expect(growthMb).toBeCloseTo(19)
  })

  it('does not call flat what it has hardly seen', () => {
    expect(judgeFlatness(readings(() => 150, 5)).flat).toBe(false)
    expect(judgeFlatness([]).flat).toBe(false)
  })
})
