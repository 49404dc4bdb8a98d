import { describe, expect, test } from 'vitest'
import { loadConfig, parseConfig, resolveKeys } from '../../../src/config/index.ts'

const provider = (name: string) =>
  `{ kind: real, name: ${name.toLowerCase()}, model: m, baseUrl: "https://a.example/v1", key: ${name}_KEY }`
const both = parseConfig(
  `version: 1\nproviders:\n  primary: ${provider('ACME')}\n  secondary: ${provider('SPARE')}\n`,
  'gameday.yaml',
)

test('finds the keys by the names that the configuration gives', () => {
  expect(resolveKeys(both, { ACME_KEY: 'a-key', SPARE_KEY: 'b-key', OTHER: 'x' })).toEqual({
    primary: 'a-key',
    secondary: 'b-key',
  })
})

test('simulated providers need none', async () => {
  expect(resolveKeys(await loadConfig(null), {})).toEqual({})
})

test('names every variable that is not set', () => {
  expect(() => resolveKeys(both, { ACME_KEY: '' })).toThrow(
    expect.objectContaining({
      code: 'KEY_MISSING',
      exitCode: 2,
      message:
        'not set in the environment: ACME_KEY (the key of the primary, acme) and SPARE_KEY (the key of the secondary, spare)',
    }),
  )
})

describe('a key that no header can carry is refused without being shown', () => {
  test.each([
    ['a line break', 'sekret\n'],
    ['a blank', 'sek ret'],
    ['a letter beyond ASCII', 'sekrét'],
  ])('%s', (_name, key) => {
    let caught: unknown
    try {
      resolveKeys(both, { ACME_KEY: key, SPARE_KEY: 'b' })
    } catch (error) {
      caught = error
    }
    expect(caught).toMatchObject({ code: 'KEY_UNUSABLE', message: expect.stringContaining('ACME_KEY') })
    expect(JSON.stringify([String(caught), caught])).not.toContain('sek')
  })
})
