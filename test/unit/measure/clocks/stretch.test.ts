import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stretchStart, type Marks } from '../../../../src/measure/clocks/stretch.ts'
import { nearestRank } from '../../../../src/measure/index.ts'

const good: Marks = { failed: false, slow: false, astray: false }
const run = (length: number, marks: Record<number, Partial<Marks>> = {}) =>
  Array.from({ length }, (_, i) => ({ ...good, ...marks[i] }))

describe('stretchStart', () => {
  it.each([
    { name: 'all good', marks: run(250), expected: 0 },
    { name: 'exactly a hundred', marks: run(100), expected: 0 },
    { name: 'a request fewer', marks: run(99), expected: null },
    { name: 'none', marks: [], expected: null },
    { name: 'a failure at the start', marks: run(250, { 0: { failed: true } }), expected: 1 },
    {
      name: 'the last of several failures',
      marks: run(250, { 3: { failed: true }, 149: { failed: true } }),
      expected: 150,
    },
    { name: 'a failure with 99 after it', marks: run(250, { 150: { failed: true } }), expected: null },
    { name: 'one that went astray', marks: run(250, { 20: { astray: true } }), expected: 21 },
  ])('starts after what spoils it: $name', ({ marks, expected }) => {
    expect(stretchStart(marks, 0)).toBe(expected)
  })

  it('bears five slow ones in a hundred and not six, as a nearest-rank p95 does', () => {
    const slowAt = (...places: number[]) =>
      run(250, Object.fromEntries(places.map((place) => [place, { slow: true }])))
    expect(stretchStart(slowAt(10, 11, 12, 13, 14), 0)).toBe(0)
    expect(stretchStart(slowAt(10, 11, 12, 13, 14, 15), 0)).toBe(11)
    expect(stretchStart(slowAt(15, 110, 111, 112, 113, 114), 0)).toBe(16)
    expect(stretchStart(slowAt(14, 110, 111, 112, 113, 114), 0)).toBe(0)
  })

  it('bears as many astray as it is told', () => {
    const marks = run(250, { 0: { astray: true }, 1: { astray: true }, 2: { astray: true } })
    expect(stretchStart(marks, 0, 2)).toBe(1)
    expect(stretchStart(marks, 0, 3)).toBe(0)
  })

  it('never starts below the place it is given', () => {
    expect(stretchStart(run(250), 120)).toBe(120)
    expect(stretchStart(run(250), 150)).toBe(150)
    expect(stretchStart(run(250), 151)).toBeNull()
  })

  it('agrees with judging every window on its own', () => {
    const mark = fc.record({
      failed: fc.integer({ min: 0, max: 150 }).map((n) => n === 0),
      slow: fc.integer({ min: 0, max: 25 }).map((n) => n === 0),
      astray: fc.integer({ min: 0, max: 60 }).map((n) => n === 0),
    })
    const cases = fc.record({
      marks: fc.array(mark, { maxLength: 450, size: 'max' }),
      from: fc.integer({ min: 0, max: 200 }),
      astrayAllowed: fc.integer({ min: 0, max: 5 }),
    })
    fc.assert(
      fc.property(cases, ({ marks, from, astrayAllowed }) => {
        expect(stretchStart(marks, from, astrayAllowed)).toBe(slowly(marks, from, astrayAllowed))
      }),
      { numRuns: 300 },
    )
  })
})

/** The definition, word by word. */
function slowly(marks: readonly Marks[], from: number, astrayAllowed: number): number | null {
  const good = (start: number) => {
    const window = marks.slice(start, start + 100)
    const p95 = nearestRank(
      window.map(({ slow }) => (slow ? 3000 : 200)),
      0.95,
    )
    return (
      !window.some(({ failed }) => failed) &&
      p95 !== 'inf' &&
      p95 !== null &&
      p95 < 2500 &&
      window.filter(({ astray }) => astray).length <= astrayAllowed
    )
  }
  for (let start = from; start + 100 <= marks.length; start++) {
    const windows = Array.from({ length: marks.length - 100 - start + 1 }, (_, i) => start + i)
    if (windows.every(good)) return start
  }
  return null
}
