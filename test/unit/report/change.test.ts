import { expect, it } from 'vitest'
import { change } from '../../../src/report/markdown/change.ts'

it.each([
  { now: 1000, past: 1049, said: 'the same' },
  { now: 1049, past: 1000, said: 'the same' },
  { now: 1000, past: 1050, said: '0.05 s faster' },
  { now: 12_000, past: 1000, said: '11.0 s slower' },
  { now: null, past: 1000, said: '' },
])('a clock of $now ms against $past ms is $said', ({ now, past, said }) => {
  expect(change(now, past)).toBe(said)
})
