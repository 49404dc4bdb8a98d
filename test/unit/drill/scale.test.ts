import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leastDuration, scaleAgenda, type Phase } from '../../../src/drill/index.ts'

const MEASURED = ['baseline', 'break', 'restore']

function phase(kind: Phase['phase'], length: number, atLeast: number, cap = length): Phase {
  if (kind === 'break')
    return {
      phase: kind,
      length,
      atLeast,
      cap,
      target: 'primary',
      fault: { kind: 'refused' },
      skipIfNotRecovered: true,
    }
  return { phase: kind, length, atLeast }
}

const DRILL = {
  agenda: [
    phase('brief', 60_000, 10_000),
    phase('baseline', 60_000, 20_000),
    phase('go-no-go', 30_000, 0),
    phase('break', 120_000, 30_000, 150_000),
    phase('restore', 60_000, 20_000),
  ],
}
const lengths = (durationMs: number | null) =>
  scaleAgenda(DRILL, durationMs).map(({ plannedMs }) => plannedMs)

describe('an agenda', () => {
  test('keeps its lengths when no duration is asked for, or its own', () => {
    expect(lengths(null)).toEqual([60_000, 60_000, 30_000, 120_000, 60_000])
    expect(lengths(330_000)).toEqual(lengths(null))
  })

  test('shortens the talking phases first, each by what it can give', () => {
    expect(lengths(290_000)).toEqual([35_000, 60_000, 15_000, 120_000, 60_000])
    expect(lengths(250_000)).toEqual([10_000, 60_000, 0, 120_000, 60_000])
  })

  test('shortens the measured phases once the talking ones are at their least', () => {
    expect(lengths(165_000)).toEqual([10_000, 40_000, 0, 75_000, 40_000])
    expect(lengths(80_000)).toEqual([10_000, 20_000, 0, 30_000, 20_000])
  })

  test('grows in proportion, but no break beyond its cap', () => {
    expect(lengths(396_000)).toEqual([72_000, 72_000, 36_000, 144_000, 72_000])
    expect(lengths(660_000)[3]).toBe(150_000)
  })

  test('that is asked to be too short names its least duration', () => {
    expect(leastDuration(DRILL)).toBe(80_000)
    expect(() => lengths(79_999)).toThrow(
      expect.objectContaining({
        code: 'DURATION_TOO_SHORT',
        exitCode: 2,
        message: '1m19.999s is too short for this drill: its phases need at least 1m20s',
        hint: 'Run it with --duration 1m20s or more, or give its phases a lower atLeast.',
      }),
    )
  })

  test('names, numbers and places its phases', () => {
    const agenda = [
      phase('baseline', 10, 10),
      phase('break', 20, 20),
      phase('restore', 30, 30),
      { ...phase('break', 40, 40), name: 'again' },
      phase('restore', 50, 50),
    ]
    expect(
      scaleAgenda({ agenda }).map(({ index, name, kind, startMs, fault }) => [
        index,
        name,
        kind,
        startMs,
        fault,
      ]),
    ).toEqual([
      [0, 'baseline', 'baseline', 0, null],
      [1, 'break 1', 'break', 10, 0],
      [2, 'restore 1', 'restore', 30, null],
      [3, 'again', 'break', 60, 1],
      [4, 'restore 2', 'restore', 100, null],
    ])
  })
})

describe('whatever the agenda and the duration', () => {
  const anyPhase = fc
    .record({
      kind: fc.constantFrom<Phase['phase'][]>(
        'brief',
        'go-no-go',
        'debrief',
        'close',
        'baseline',
        'break',
        'restore',
      ),
      length: fc.integer({ min: 1, max: 400_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      over: fc.integer({ min: 0, max: 100_000 }),
    })
    .map(({ kind, length, share, over }) => phase(kind, length, Math.floor(length * share), length + over))
  // A baseline is in every drill, and can take what breaks at their caps cannot.
  const anyDrill = fc
    .array(anyPhase, { minLength: 1, maxLength: 12 })
    .map((phases) => ({ agenda: [phase('baseline', 30_000, 10_000), ...phases] }))
  const planned = fc.tuple(anyDrill, fc.double({ min: 0, max: 1, noNaN: true })).map(([drill, share]) => {
    const full = drill.agenda.reduce((sum, { length }) => sum + length, 0)
    const least = leastDuration(drill)
    // From the least to twice the full length.
    const durationMs = Math.round(least + share * (2 * full - least))
    return { drill, full, durationMs, plan: scaleAgenda(drill, durationMs) }
  })

  type Planned = typeof planned extends fc.Arbitrary<infer P> ? P : never
  const always = (predicate: (one: Planned) => boolean) => () => fc.assert(fc.property(planned, predicate))

  test('the lengths add up to the duration exactly, in whole milliseconds, one phase after the other', () => {
    const exact = always(({ durationMs, plan }) => {
      const ends = plan.map(({ startMs, plannedMs }) => startMs + plannedMs)
      const starts = plan.map(({ startMs }) => startMs)
      return (
        ends.every(Number.isInteger) &&
        ends.at(-1) === durationMs &&
        starts.join() === [0, ...ends.slice(0, -1)].join()
      )
    })
    expect(exact).not.toThrow()
  })

  test('no phase is shorter than its least, and no break longer than its cap', () => {
    const within = always(({ plan }) =>
      plan.every(
        ({ phase: item, plannedMs }) =>
          plannedMs >= item.atLeast && (item.phase !== 'break' || plannedMs <= item.cap),
      ),
    )
    expect(within).not.toThrow()
  })

  test('no measured phase gives anything before every talking phase is at its least', () => {
    const inOrder = always(({ plan }) => {
      const gave = plan.some(
        ({ kind, plannedMs, phase: { length } }) => MEASURED.includes(kind) && plannedMs < length,
      )
      return (
        !gave ||
        plan.every(
          ({ kind, plannedMs, phase: { atLeast } }) => MEASURED.includes(kind) || plannedMs === atLeast,
        )
      )
    })
    expect(inOrder).not.toThrow()
  })

  test('a shorter drill makes no phase longer, and a longer one none shorter', () => {
    const oneWay = always(({ plan, full, durationMs }) =>
      plan.every(({ plannedMs, phase: { length } }) =>
        durationMs <= full ? plannedMs <= length : plannedMs >= length,
      ),
    )
    expect(oneWay).not.toThrow()
  })

  test('one millisecond under the least is refused', () => {
    const refused = fc.property(anyDrill, (drill) => {
      expect(() => scaleAgenda(drill, leastDuration(drill) - 1)).toThrow(/is too short for this drill/)
    })
    expect(() => fc.assert(refused)).not.toThrow()
  })
})

test('a break of both providers counts as two faults, the primary’s first', () => {
  const both = { ...phase('break', 60_000, 30_000), secondary: { kind: 'refused' } } as Phase
  const agenda = [phase('break', 60_000, 30_000), both, phase('break', 60_000, 30_000)]
  expect(scaleAgenda({ agenda }).map(({ fault }) => fault)).toEqual([0, 1, 3])
})
