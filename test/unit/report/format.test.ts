import { describe, expect, it } from 'vitest'
import {
  count,
  counted,
  listed,
  oneDecimal,
  percent,
  seconds,
  span,
  timeOrInfinite,
  usd,
} from '../../../src/report/format.ts'

describe('numbers as people read them', () => {
  it.each([
    [0, '0 ms'],
    [-0.01, '0 ms'],
    [0.31, '0.3 ms'],
    [3.2, '3.2 ms'],
    [9.96, '10 ms'],
    [412.4, '412 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1210, '1.21 s'],
    [2500, '2.5 s'],
    [11_840, '11.8 s'],
    [59_960, '1 min'],
    [72_000, '1 min 12 s'],
    [360_000, '6 min'],
    [14_400_000, '4 h'],
    [12_000_000, '3 h 20 min'],
    [-12.4, '-12 ms'],
  ])('writes %f ms as %s', (ms, text) => expect(span(ms)).toBe(text))

  it.each([
    [210, '0.21 s'],
    [11_840, '11.8 s'],
    [96_000, '96.0 s'],
    [456_000, '456 s'],
  ])('writes a clock of %i ms as %s', (ms, text) => expect(seconds(ms)).toBe(text))

  it.each([
    [1, '100 %'],
    [0.99996, '99.99 %'],
    [0.9949, '99.49 %'],
    [0.995, '99.5 %'],
    [0.07, '7 %'],
    [0.29, '29 %'],
    [0, '0 %'],
    [0.00001, '< 0.01 %'],
  ])('writes %f as %s, never rounding a miss into a hit', (ratio, text) => expect(percent(ratio)).toBe(text))

  it.each([
    [0, '$0'],
    [0.015, '$0.015'],
    [0.004567, '$0.00457'],
    [0.2, '$0.20'],
    [12.3, '$12.30'],
    [1234.5, '$1,234.50'],
    [0.0000004, '$0.0000004'],
  ])('writes %f US dollars as %s', (amount, text) => expect(usd(amount)).toBe(text))

  it('knows one from many', () => {
    expect([
      counted(1, 'request'),
      counted(0, 'request'),
      counted(3612, 'request'),
      counted(2, 'success', 'successes'),
    ]).toEqual(['1 request', '0 requests', '3,612 requests', '2 successes'])
  })

  it('writes the rest', () => {
    expect([
      count(12_345),
      oneDecimal(10),
      oneDecimal(1316.58),
      timeOrInfinite('inf'),
      listed(['a', 'b', 'c']),
      listed(['a']),
      listed([]),
    ]).toEqual(['12,345', '10.0', '1,316.6', '∞', 'a, b and c', 'a', ''])
  })
})
