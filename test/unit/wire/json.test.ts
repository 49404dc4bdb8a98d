import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/wire/json.ts'

const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const long = 'x'.repeat(2000)

describe('JSON', () => {
  it.each([
    ['500 levels', lists(500), true],
    ['501 levels', lists(501), false],
    ['100,000 levels', lists(100_000), false],
    ['levels that were never closed', '['.repeat(100_000), false],
    ['objects', `${'{"a":'.repeat(501)}1${'}'.repeat(501)}`, false],
    ['many lists beside each other', `[${Array(2000).fill('[]').join(',')}]`, true],
    ['brackets in a text', JSON.stringify([long, '['.repeat(1000)]), true],
    ['brackets behind an escaped quote', JSON.stringify([long, `"${'['.repeat(1000)}`]), true],
    ['brackets behind a backslash that escapes nothing', `["${long}","\\\\",${lists(600)}]`, false],
    ['a text that never ends', `["${long}`, false],
  ])('of %s is read or is none', (_what, text, read) => {
    expect(parseJson(text) !== undefined).toBe(read)
  })
})
