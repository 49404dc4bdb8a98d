import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  duration,
  formatBytes,
  formatDataRate,
  formatDuration,
  money,
  parseBytes,
  parseDataRate,
  parseDuration,
  parseMoney,
  parsePercent,
  parseRate,
  percent,
  rate,
} from '../../../src/base/index.ts'

describe('a length of time', () => {
  test.each([
    ['250ms', 250],
    ['2.5s', 2500],
    ['6m', 360_000],
    ['6min', 360_000],
    ['2m30s', 150_000],
    ['2m 30s', 150_000],
    ['1h2m3s4ms', 3_723_004],
    ['4h', 14_400_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
    [' 5 s ', 5000],
    ['2.3s', 2300],
    ['0.1ms', 0.1],
  ])('%j is read as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    '',
    ' ',
    '5',
    's',
    '-5s',
    '5 sec',
    '1.s',
    '.5s',
    '2s30m',
    '2m2m',
    '5s5s',
    '1e3s',
    '5S',
    '5s x',
    '5µs',
    'Infinity',
    '1,5s',
  ])('%j is refused', (text) => {
    expect(parseDuration(text)).toBeNull()
  })

  test('is refused in time however long the text is', () => {
    expect(parseDuration(`1d${' '.repeat(60_000)}x`)).toBeNull()
    expect(parseDuration('1'.repeat(60_000))).toBeNull()
  })

  test.each([
    [0, '0s'],
    [-5, '0s'],
    [80, '80ms'],
    [2500, '2.5s'],
    [150_000, '2m30s'],
    [14_631, '14.631s'],
    [3_600_000, '1h'],
    [90_061_001, '1d1h1m1.001s'],
  ])('%d ms are written as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('is read back from what was written', () => {
    const same = fc.property(
      fc.integer({ min: 0, max: 40 * 86_400_000 }),
      (ms) => parseDuration(formatDuration(ms)) === ms,
    )
    expect(() => fc.assert(same)).not.toThrow()
  })
})

describe('a percentage', () => {
  test.each([
    ['99.5%', 0.995],
    ['99.9 %', 0.999],
    ['0%', 0],
    ['7.2%', 0.072],
  ])('%j is read as %d', (text, ratio) => {
    expect(parsePercent(text)).toBe(ratio)
  })
  test.each(['99.5', '%', '-1%', '99,5%', '1e2%', '5%%'])('%j is refused', (text) => {
    expect(parsePercent(text)).toBeNull()
  })
})

describe('an amount of money', () => {
  test.each([
    ['$0.015', 0.015],
    ['$ 5', 5],
  ])('%j is read as %d US dollars', (text, usd) => {
    expect(parseMoney(text)).toBe(usd)
  })
  test.each(['0.015', '€1', '$', '$-1', '1$', '$1,5'])('%j is refused', (text) => {
    expect(parseMoney(text)).toBeNull()
  })
})

describe('a rate', () => {
  test.each([
    ['10/s', 10],
    ['14/min', 14 / 60],
    ['14/m', 14 / 60],
    ['600/h', 1 / 6],
    ['86400/d', 1],
    ['0.5 / s', 0.5],
  ])('%j is read as requests a second', (text, perSecond) => {
    expect(parseRate(text)).toBeCloseTo(perSecond, 12)
  })
  test.each(['10', '10/', '/s', '10/w', '-1/s', '10 per s', '10rps'])('%j is refused', (text) => {
    expect(parseRate(text)).toBeNull()
  })
})

describe('a number of bytes', () => {
  test.each([
    ['600B', 600],
    ['2kB', 2000],
    ['1.5 kB', 1500],
    ['1MB', 1_000_000],
    ['0B', 0],
  ])('%j is read as %d', (text, count) => {
    expect(parseBytes(text)).toBe(count)
    expect(parseBytes(formatBytes(count))).toBe(count)
  })
  test.each(['', '600', '0.5B', '1.0005kB', '-1B', '2KB', '2kb', '1GB', '2kB/s'])('%j is refused', (text) => {
    expect(parseBytes(text)).toBeNull()
  })
})

describe('a rate of data', () => {
  test.each([
    ['1kB/s', 1000],
    ['2 kB / s', 2000],
    ['1.5MB/s', 1_500_000],
  ])('%j is read as %d bytes a second', (text, perSecond) => {
    expect(parseDataRate(text)).toBe(perSecond)
    expect(parseDataRate(formatDataRate(perSecond))).toBe(perSecond)
  })
  test.each(['1kB', '500B/s', '1.5kB/s', '2kB/min', '-1kB/s', '2'])('%j is refused', (text) => {
    expect(parseDataRate(text)).toBeNull()
  })
})

describe('as part of a schema', () => {
  test.each([
    [
      'duration',
      duration({ least: 1000, most: 60_000 }),
      '2m',
      'write a length of time such as 250ms, 2.5s, 6m or 2m30s, between 1s and 1m',
    ],
    [
      'percent',
      percent({ least: 0, most: 1, exclusive: true }),
      '100%',
      'write a percentage such as 99.5%, over 0% and under 100%',
    ],
    ['percent over the whole', percent(), '101%', 'write a percentage such as 99.5%, at most 100%'],
    ['rate', rate({ least: 0.1 }), '0/s', 'write a rate such as 10/s, 14/min or 600/h, at least 0.1/s'],
    ['money', money(), '3', 'write an amount in US dollars such as $0.015'],
    ['a number instead of text', duration(), 5, 'write a length of time such as 250ms, 2.5s, 6m or 2m30s'],
  ])('%s out of bounds says what to write', (_name, schema, value, message) => {
    expect(schema.safeParse(value).error?.issues.map((issue) => issue.message)).toEqual([message])
  })
})
