import { describe, expect, test } from 'vitest'
import { scanJson } from '../../../../../src/toxiproxy/server/json/scan.ts'

/** The texts on the right were read off a real Toxiproxy. */
describe('a JSON text that is refused', () => {
  test.each([
    ['', 'EOF'],
    ['  \n', 'EOF'],
    ['{"a":', 'unexpected EOF'],
    ['{"a":"x', 'unexpected EOF'],
    ['nul', 'unexpected EOF'],
    ['}', "invalid character '}' looking for beginning of value"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{name}', "invalid character 'n' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
    ['{"a":-}', "invalid character '}' in numeric literal"],
    ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
    ['{"a":"\\u00zz"}', "invalid character 'z' in \\u hexadecimal character escape"],
    ['"b\nc"', "invalid character '\\n' in string literal"],
    ["'x'", "invalid character '\\'' looking for beginning of value"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
  ])('%j is: %s', (text, message) => {
    expect(() => scanJson(text)).toThrow(message)
  })

  test('because it is nested deeper than a request can be', () => {
    expect(() => scanJson('['.repeat(100_000))).toThrow('exceeded max depth')
  })
})

describe('a JSON text that is read', () => {
  test.each([
    ['null', { kind: 'null' }],
    [' true ', { kind: 'bool', value: true }],
    ['-1.50e+3 rest', { kind: 'number', text: '-1.50e+3' }],
    ['"a\\n\\u00e9\\"ü"', { kind: 'string', value: 'a\né"ü' }],
    ['[]', { kind: 'array', items: [] }],
    ['{}{}', { kind: 'object', members: [] }],
    [
      '{"a":1,"A":[false]}',
      {
        kind: 'object',
        members: [
          ['a', { kind: 'number', text: '1' }],
          ['A', { kind: 'array', items: [{ kind: 'bool', value: false }] }],
        ],
      },
    ],
  ])('%j up to the end of its first value', (text, value) => {
    expect(scanJson(text)).toEqual(value)
  })
})
