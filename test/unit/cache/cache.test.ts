import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { openCache } from '../../../src/cache/index.ts'
import { startRedis, type FakeRedis } from '../../support/redis.ts'
import { testClock } from '../../support/test-clock.ts'

const LIMITS = { ttlMs: 60_000, entries: 100, bytes: 1_000_000, largest: 10_000 }
const MINUTE = 60_000
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function open(options: Partial<Parameters<typeof openCache>[0]> = {}) {
  const cache = await openCache({ limits: LIMITS, file: null, redis: null, clock: systemClock, ...options })
  stops.push(() => cache.close())
  return cache
}
const answer = (body: string, costUsd: number | null = 0.01) => ({ body, costUsd })
const file = () => join(mkdtempSync(join(tmpdir(), 'gameday-cache-')), 'cache.sqlite')
/** Longer than a write waits for company. */
const written = () => systemClock.sleep(60)

describe('a cache of answers', () => {
  it('finds what was kept, at once and after it was written down, and nothing else', async () => {
    const cache = await open()
    cache.keep('a', answer('Grüße, 世界 🌍'))
    expect(await cache.recall('a', MINUTE)).toMatchObject({ body: 'Grüße, 世界 🌍' })
    await written()
    expect(await cache.recall('a', MINUTE)).toMatchObject({ body: 'Grüße, 世界 🌍' })
    expect(await cache.recall('b', MINUTE)).toBeNull()
  })

  it('counts hits, misses and what the hits would have cost, an unknown price apart', async () => {
    const cache = await open()
    expect(cache.stats()).toMatchObject({ hitRate: null })
    cache.keep('a', answer('x', 0.25))
    cache.keep('b', answer('y', null))
    for (const key of ['a', 'a', 'b', 'c']) await cache.recall(key, MINUTE)
    expect(cache.stats()).toMatchObject({
      hits: 3,
      misses: 1,
      stored: 2,
      hitRate: 0.75,
      savedUsd: 0.5,
      savedUnknown: 1,
    })
  })

  it('serves nothing older than the configuration or the caller wants, by the wall clock', async () => {
    const clock = testClock()
    const cache = await open({ clock })
    const at = Date.parse('2026-11-20T12:00:00Z')
    cache.keep('a', answer('x'))
    const ageAfter = async (ms: number, most = Infinity) => {
      clock.setWall(new Date(at + ms))
      return (await cache.recall('a', most))?.ageMs ?? null
    }
    expect(await ageAfter(59_000)).toBe(59_000)
    expect(await ageAfter(61_000)).toBeNull()
    expect(await ageAfter(5000, 4000)).toBeNull()
    expect(await ageAfter(4000, 4000)).toBe(4000)
    expect(await ageAfter(-5000), 'a clock that was put back').toBe(0)
  })

  it('keeps no answer that is larger than it may be', async () => {
    const cache = await open()
    cache.keep('a', answer('x'.repeat(LIMITS.largest + 1)))
    expect([await cache.recall('a', MINUTE), cache.stats().stored]).toEqual([null, 0])
  })
})

describe('a full cache', () => {
  const kept = async (cache: Awaited<ReturnType<typeof open>>, keys: readonly string[]) => {
    const found = await Promise.all(
      keys.map(async (key) => ((await cache.recall(key, MINUTE)) === null ? '' : key)),
    )
    return found.filter((key) => key !== '')
  }
  const KEYS = ['a', 'b', 'c', 'd']

  it.each([
    ['entries', { entries: 3 }],
    ['bytes', { bytes: 3500 }],
  ])('drops the least recently used: %s', async (_what, limit) => {
    const cache = await open({ limits: { ...LIMITS, ...limit } })
    for (const key of ['a', 'b', 'c']) cache.keep(key, answer(key.repeat(1000)))
    await written()
    await cache.recall('a', MINUTE)
    cache.keep('d', answer('d'.repeat(1000)))
    await written()
    expect(await kept(cache, KEYS)).toEqual(['a', 'c', 'd'])
    expect(cache.stats().evicted).toBe(1)
  })

  it('counts an answer that is kept again once', async () => {
    const cache = await open({ limits: { ...LIMITS, entries: 3, bytes: 3500 } })
    for (const key of ['a', 'b', 'c']) cache.keep(key, answer(key.repeat(1000)))
    await written()
    for (let i = 0; i < 5; i++) {
      cache.keep('c', answer(`${i}`.repeat(1000)))
      await written()
    }
    expect(await kept(cache, KEYS)).toEqual(['a', 'b', 'c'])
  })
})

describe('a cache in a file', () => {
  it('is for its owner’s eyes only, survives a restart, and holds no question', async () => {
    const path = file()
    const first = await openCache({ limits: LIMITS, file: path, redis: null, clock: systemClock })
    first.keep('a'.repeat(64), answer('the answer'))
    await first.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const second = await open({ file: path })
    expect(await second.recall('a'.repeat(64), MINUTE)).toMatchObject({ body: 'the answer' })
    second.keep('b', answer('another'))
    await written()
    for (const name of readdirSync(join(path, '..')))
      expect(statSync(join(path, '..', name)).mode & 0o777, name).toBe(0o600)
  })

  it('is shrunk to its limits when they have become less', async () => {
    const path = file()
    const first = await openCache({ limits: LIMITS, file: path, redis: null, clock: systemClock })
    for (const key of ['a', 'b', 'c']) first.keep(key, answer(key))
    await first.close()
    const second = await open({ file: path, limits: { ...LIMITS, entries: 2 } })
    second.keep('d', answer('d'))
    await written()
    expect(await second.recall('a', MINUTE)).toBeNull()
    expect(await second.recall('c', MINUTE)).not.toBeNull()
  })

  it.each([
    ['another router’s', (path: string) => open({ file: path })],
    ['no database', (path: string) => writeFile(path, 'my thesis '.repeat(1000))],
  ])('is refused if it is %s, and left as it is', async (_whose, before) => {
    const path = file()
    await before(path)
    await written()
    const bytes = readFileSync(path)
    await expect(open({ file: path })).rejects.toThrow(
      expect.objectContaining({
        code: 'CACHE_UNUSABLE',
        hint: expect.stringContaining('a file of its own') as string,
      }),
    )
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('is refused where it cannot be', async () => {
    await expect(open({ file: '/no/such/folder/cache.sqlite' })).rejects.toThrow(
      /cannot use \/no\/such\/folder/,
    )
  })
})

describe('a cache in Redis', () => {
  async function redis(): Promise<FakeRedis> {
    const server = await startRedis()
    stops.push(() => server.stop())
    return server
  }
  /** Waits until it is connected: before that every look is a trouble, and after a few it rests. */
  const ready = async (cache: Awaited<ReturnType<typeof open>>) => {
    for (let tries = 0; tries < 500; tries++) {
      const before = cache.stats().troubles
      await cache.recall('nothing', MINUTE)
      if (cache.stats().troubles === before) return
      await systemClock.sleep(10)
    }
  }

  it('is shared by many routers, and forgets by Redis’s own time', async () => {
    const server = await redis()
    const [one, other] = [await open({ redis: server.url }), await open({ redis: server.url })]
    for (const cache of [one, other]) await ready(cache)
    one.keep('a', answer('Grüße', 0.5))
    await written()
    expect(await other.recall('a', MINUTE)).toMatchObject({ body: 'Grüße' })
    expect(server.values.get('gameday:answer:a')?.ttlMs).toBe(LIMITS.ttlMs)
    expect(other.stats().savedUsd).toBe(0.5)
  })

  it('is used with the password that its address holds, and is of no use without', async () => {
    const server = await startRedis('canary-password')
    stops.push(() => server.stop())
    const cache = await open({ redis: server.url })
    await ready(cache)
    cache.keep('a', answer('hello', 0.5))
    await written()
    expect(await cache.recall('a', MINUTE)).toMatchObject({ body: 'hello' })
    const stranger = await open({ redis: server.url.replace(':canary-password@', '') })
    expect(await stranger.recall('a', MINUTE)).toBeNull()
  })

  it('costs nothing but the hits when it is slow: a short wait, a few times, and then none', async () => {
    const server = await redis()
    const cache = await open({ redis: server.url })
    await ready(cache)
    const before = cache.stats()
    server.hang()
    const asked = server.asked.length
    const tookMs: number[] = []
    for (let i = 0; i < 20; i++) {
      const startMs = systemClock.now()
      expect(await cache.recall('a', MINUTE)).toBeNull()
      cache.keep(`k${i}`, answer('x'))
      tookMs.push(systemClock.now() - startMs)
    }
    // 50 ms is the deadline; the machine may be slow, but not twenty times as slow.
    expect(Math.max(...tookMs)).toBeLessThan(1000)
    expect(server.asked.length - asked).toBeLessThan(8)
    await written()
    expect(cache.stats().troubles - before.troubles).toBe(40)
  })

  it.each([
    ['is gone', async () => (await stopped()).url],
    ['was never there', async () => 'redis://127.0.0.1:1'],
  ])('costs nothing but the hits when it %s', async (_what, where) => {
    const cache = await open({ redis: await where() })
    const startMs = systemClock.now()
    for (let i = 0; i < 50; i++) expect(await cache.recall('a', MINUTE)).toBeNull()
    expect(systemClock.now() - startMs).toBeLessThan(3000)
    expect(cache.stats()).toMatchObject({ misses: 50, troubles: 50 })
  })

  async function stopped(): Promise<FakeRedis> {
    const server = await startRedis()
    await server.stop()
    return server
  }

  it.each(['not JSON', '{"body":7}', '{"storedAtMs":1}', 'null'])(
    'takes nothing for an answer that somebody else has put there: %s',
    async (text) => {
      const server = await redis()
      const cache = await open({ redis: server.url })
      await ready(cache)
      server.values.set('gameday:answer:a', { text, ttlMs: null })
      expect(await cache.recall('a', MINUTE)).toBeNull()
    },
  )
})
