import { describe, expect, test } from 'vitest'
import { daysAfter, isIsoDay } from '../../../src/base/index.ts'

describe('a day', () => {
  test.each([
    ['2026-11-20T14:00:00.000Z', 91, '2027-02-19'],
    ['2026-12-31T23:59:59.999Z', 1, '2027-01-01'],
    ['2028-02-28T00:00:00.000Z', 1, '2028-02-29'],
    ['2026-11-20T00:00:00.000Z', 0, '2026-11-20'],
  ])('after %s by %d is %s, in UTC', (from, days, day) => {
    expect(daysAfter(new Date(from), days)).toBe(day)
  })

  test.each(['2026-12-01', '2028-02-29'])('%s is one of the calendar', (text) => {
    expect(isIsoDay(text)).toBe(true)
  })

  test.each([
    '2026-02-30',
    '2027-02-29',
    '2026-13-01',
    '2026-1-1',
    '26-12-01',
    '2026-12-01T00:00',
    'friday',
    '',
  ])('%j is none of it', (text) => {
    expect(isIsoDay(text)).toBe(false)
  })
})
