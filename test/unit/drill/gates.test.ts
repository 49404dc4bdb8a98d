import { expect, test } from 'vitest'
import { armingGraceMs } from '../../../src/drill/index.ts'
import { gatesOf } from '../../../src/drill/gates.ts'

test.each([
  { plannedMs: 6000, graceMs: 600 },
  { plannedMs: 33_333, graceMs: 3333 },
  { plannedMs: 200_000, graceMs: 20_000 },
  { plannedMs: 360_000, graceMs: 20_000 },
])('a break of $plannedMs ms may be armed $graceMs ms late', ({ plannedMs, graceMs }) => {
  expect(armingGraceMs(plannedMs)).toBe(graceMs)
})

test('only a break that kills the router asks whether to bypass it', () => {
  const gates = (breaks: string) => gatesOf([{ kind: 'break', name: 'it', breaks }]).map(({ gate }) => gate)
  expect(gates('router-killed')).toEqual(['arm it', 'bypass it', 'did the alert fire? it'])
  expect(gates('refused')).toEqual(['arm it', 'did the alert fire? it'])
})
