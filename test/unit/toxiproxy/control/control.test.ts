import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toxiproxyControl, ToxiproxyError } from '../../../../src/toxiproxy/index.ts'
import { harmless, startBench, toxic, type Bench } from '../../../support/toxiproxy-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.close())

async function failure(promise: Promise<unknown>): Promise<ToxiproxyError> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ToxiproxyError)
  return error as ToxiproxyError
}

describe('the control client against the embedded server', () => {
  test('reads the version as bare text', async () => {
    expect(await bench.control.version()).toBe('2.12.0')
  })

  test('creates a proxy and reads back where it really listens', async () => {
    const made = await bench.control.createProxy({
      name: 'made',
      listen: '127.0.0.1:0',
      upstream: '127.0.0.1:9',
    })
    expect(made).toEqual({
      name: 'made',
      listen: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/),
      upstream: '127.0.0.1:9',
      enabled: true,
      toxics: [],
    })
    expect(await bench.control.getProxy('made')).toEqual(made)
  })

  test('creates a proxy that is closed', async () => {
    const made = await bench.control.createProxy({
      name: 'closed',
      listen: '127.0.0.1:0',
      upstream: '127.0.0.1:9',
      enabled: false,
    })
    expect(made).toMatchObject({ enabled: false, listen: '127.0.0.1:0' })
  })

  test('disables and enables a proxy without moving it to another port', async () => {
    const { name, listen } = await bench.proxy()
    expect(await bench.control.setEnabled(name, false)).toMatchObject({ enabled: false, listen })
    expect(await bench.control.setEnabled(name, true)).toMatchObject({ enabled: true, listen })
  })

  test('adds a toxic, sees it on the proxy, and removes it', async () => {
    const { name } = await bench.proxy()
    const slow = toxic('latency', { latency: 100, jitter: 5 }, { name: 'slow', toxicity: 0.2 })
    expect(await bench.control.addToxic(name, slow)).toEqual(slow)
    expect((await bench.control.getProxy(name))?.toxics).toEqual([slow])
    expect(await bench.control.removeToxic(name, 'slow')).toBe(true)
    expect((await bench.control.getProxy(name))?.toxics).toEqual([])
  })

  test('keeps the toxics of a proxy that is disabled', async () => {
    const { name } = await bench.proxy()
    await bench.control.addToxic(name, harmless())
    expect((await bench.control.setEnabled(name, false)).toxics).toHaveLength(1)
    expect((await bench.control.setEnabled(name, true)).toxics).toHaveLength(1)
  })

  test('lists proxies with their toxics', async () => {
    const { name } = await bench.proxy()
    await bench.control.addToxic(name, toxic('timeout', { timeout: 0 }))
    const listed = (await bench.control.listProxies()).find((each) => each.name === name)
    expect(listed?.toxics).toEqual([toxic('timeout', { timeout: 0 })])
  })

  test.each(['sp ace#1', 'a?b', 'ü', '100%', '..'.concat('.')])(
    'reaches a proxy and a toxic named %j',
    async (name) => {
      await bench.control.createProxy({ name, listen: '127.0.0.1:0', upstream: '127.0.0.1:9' })
      await bench.control.addToxic(name, harmless(name))
      expect(await bench.control.getProxy(name)).toMatchObject({ name, toxics: [{ name }] })
      expect(await bench.control.setEnabled(name, false)).toMatchObject({ name, enabled: false })
      expect(await bench.control.removeToxic(name, name)).toBe(true)
      expect(await bench.control.deleteProxy(name)).toBe(true)
      expect(await bench.control.getProxy(name)).toBeNull()
    },
  )

  test('takes what is gone already for gone', async () => {
    const { name } = await bench.proxy()
    expect(await bench.control.removeToxic(name, 'never')).toBe(false)
    expect(await bench.control.removeToxic('never', 'never')).toBe(false)
    expect(await bench.control.deleteProxy('never')).toBe(false)
    expect(await bench.control.getProxy('never')).toBeNull()
  })

  test('survives a slash at the end of the URL', async () => {
    const control = toxiproxyControl({ url: `${bench.server.url}///`, timeoutMs: 5000 })
    expect(control.url).toBe(bench.server.url)
    expect(
      await control.createProxy({ name: 'slash', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' }),
    ).toMatchObject({ name: 'slash' })
    expect(await control.getProxy('slash')).not.toBeNull()
  })
})

describe('a refusal', () => {
  test('of a second proxy of the same name keeps status and text, and says what to do', async () => {
    const { name } = await bench.proxy()
    const error = await failure(
      bench.control.createProxy({ name, listen: '127.0.0.1:0', upstream: '127.0.0.1:9' }),
    )
    expect(error).toMatchObject({
      code: 'TOXIPROXY_REFUSED',
      exitCode: 3,
      status: 409,
      serverText: 'proxy already exists',
    })
    expect(error.message).toBe(
      `Could not create the proxy "${name}" on 127.0.0.1:0: Toxiproxy at ${bench.server.url} answered 409: proxy already exists.`,
    )
    expect(error.hint).toContain('left over')
  })

  test('of a port that is taken names the port', async () => {
    const { listen } = await bench.proxy()
    const error = await failure(bench.control.createProxy({ name: 'taken', listen, upstream: '127.0.0.1:9' }))
    expect(error).toMatchObject({
      code: 'TOXIPROXY_REFUSED',
      status: 500,
      serverText: `listen tcp ${listen}: bind: address already in use`,
    })
    expect(error.hint).toContain('port 0')
    expect(await bench.control.getProxy('taken')).toBeNull()
  })

  test.each([
    ['setting a proxy that is gone', (b: Bench) => b.control.setEnabled('gone', true), 'proxy not found'],
    [
      'adding a toxic to a proxy that is gone',
      (b: Bench) => b.control.addToxic('gone', harmless()),
      'proxy not found',
    ],
  ])('of %s is an error and not a silence', async (_what, call, text) => {
    expect(await failure(call(bench))).toMatchObject({
      code: 'TOXIPROXY_REFUSED',
      status: 404,
      serverText: text,
    })
  })

  test('of a toxic with bad settings quotes the server', async () => {
    const { name } = await bench.proxy()
    const error = await failure(bench.control.addToxic(name, toxic('bandwidth', { rate: -1 })))
    expect(error).toMatchObject({
      code: 'TOXIPROXY_REFUSED',
      status: 400,
      serverText: 'bad request body: rate must be at least 0',
    })
    expect(error.message).toContain(`add the bandwidth toxic "bandwidth_downstream" to the proxy "${name}"`)
  })
})

describe('a URL', () => {
  test.each(['127.0.0.1:8474', 'localhost:8474', 'ftp://x', '', 'http://'])(
    'of %j is refused with what to write',
    (url) => {
      expect(() => toxiproxyControl({ url, timeoutMs: 1 })).toThrow(
        expect.objectContaining({
          code: 'TOXIPROXY_URL',
          exitCode: 2,
          message: `"${url}" is not the URL of a Toxiproxy.`,
        }),
      )
    },
  )

  test('with a password is refused without repeating it', () => {
    expect(() => toxiproxyControl({ url: 'http://me:secret@host:1', timeoutMs: 1 })).toThrow(/^(?!.*secret)/)
  })
})
