import { describe, expect, it, test } from 'vitest'
import {
  configSchema,
  embeddedRouterOf,
  loadConfig,
  parseConfig,
  resolveKeys,
  resolveRedis,
} from '../../../src/config/index.ts'

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

describe('resolveRedis', () => {
  const config = (cache: object) => configSchema.parse({ version: 1, router: { cache } })
  const named = { mode: 'on-hit', redisFrom: 'REDIS_URL' }
  const elsewhere = { kind: 'external', url: 'http://127.0.0.1:4000/v1' }

  it('puts in what the variable holds, password and all', () => {
    const found = resolveRedis(config(named), { REDIS_URL: 'rediss://me:secret@127.0.0.1:6379/2' })
    expect(embeddedRouterOf(found).cache.redis).toBe('rediss://me:secret@127.0.0.1:6379/2')
  })

  it.each([
    ['is not named', config({ mode: 'on-hit' })],
    ['is named by a cache that is off', config({ redisFrom: 'REDIS_URL' })],
    ['can be, of a router that is not gameday’s', configSchema.parse({ version: 1, router: elsewhere })],
  ])('asks for no variable where none %s', (_, given) => {
    expect(resolveRedis(given, {})).toBe(given)
  })

  it.each([
    [{}, /REDIS_URL is not set in the environment, and router\.cache\.redisFrom names it/],
    [{ REDIS_URL: 'secret@nowhere' }, /REDIS_URL holds no address of a Redis/],
    [{ REDIS_URL: 'https://me:secret@127.0.0.1' }, /REDIS_URL holds no address of a Redis/],
  ])('refuses %j, and quotes nothing of it', (env, message) => {
    const refused = () => resolveRedis(config(named), env)
    expect(refused).toThrow(message)
    expect(refused).not.toThrow(/secret/)
  })
})
