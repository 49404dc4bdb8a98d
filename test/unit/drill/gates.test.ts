import { expect, test } from 'vitest'
import { armingGraceMs } from '../../../src/drill/index.ts'

test.each([
  { plannedMs: 6000, graceMs: 600 },
  { plannedMs: 33_333, graceMs: 3333 },
  { plannedMs: 200_000, graceMs: 20_000 },
  { plannedMs: 360_000, graceMs: 20_000 },
])('a break of $plannedMs ms may be armed $graceMs ms late', ({ plannedMs, graceMs }) => {
  expect(armingGraceMs(plannedMs)).toBe(graceMs)
})
