import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stalledListener } from '../../../support/toxiproxy-stalled-listener.ts'
import { pattern, startBench, toxic, type Bench } from '../../../support/toxiproxy-bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.close())

async function echoed(proxy: { listen: string }) {
  const client = await bench.client(proxy)
  client.socket.write('w')
  await client.until(1)
  return client
}

describe('a connection through a proxy', () => {
  test('passes bytes whole, both ways at once', async () => {
    const client = await bench.client(await bench.proxy())
    const sent = pattern(8_000_000)
    client.socket.write(sent)
    await client.until(sent.length)
    expect(client.received().equals(sent)).toBe(true)
  })

  test('closes for the client when the server closes, after its last byte', async () => {
    const sent = pattern(3_000_000)
    const client = await bench.client(await bench.proxy(await bench.upstream((socket) => socket.end(sent))))
    expect((await client.ended).how).toBe('end')
    expect(client.received().equals(sent)).toBe(true)
  })

  test('knows no half-closed state: an end of the client closes the server’s side for good', async () => {
    let heard: (how: string) => void = () => undefined
    const closed = new Promise<string>((resolve) => (heard = resolve))
    const late = await bench.upstream((socket) => {
      socket.resume().once('error', (error: NodeJS.ErrnoException) => heard(error.code ?? ''))
      socket.once('end', () => {
        setTimeout(() => socket.write('too late'), 100)
        // The first write is answered with a reset, which the second one meets.
        setTimeout(() => socket.write('far too late'), 150)
      })
    })
    const client = await bench.client(await bench.proxy(late))
    client.socket.end('question')
    expect((await client.ended).how).toBe('end')
    expect(client.received().toString()).toBe('')
    expect(['ECONNRESET', 'EPIPE']).toContain(await closed)
  })

  test('passes a reset of the server on as a plain end', async () => {
    const client = await bench.client(
      await bench.proxy(
        await bench.upstream((socket) => socket.once('data', () => socket.resetAndDestroy())),
      ),
    )
    client.socket.write('x')
    expect((await client.ended).how).toBe('end')
  })

  test('is accepted and then closed, not refused, when the server is down', async () => {
    const client = await bench.client(await bench.proxy('127.0.0.1:1'))
    expect((await client.ended).how).toBe('end')
  })

  test.each(['garbage', 'nohost.invalid:80', '127.0.0.1:notaport'])(
    'to the upstream %j is closed, and the server lives',
    async (upstream) => {
      const client = await bench.client(await bench.proxy(upstream))
      expect((await client.ended).how).toBe('end')
      expect(await bench.control.listProxies()).toHaveLength(1)
    },
  )

  test('reaches an upstream given by name', async () => {
    const server = createServer((socket) => socket.end('here'))
    server.listen(0, 'localhost')
    await once(server, 'listening')
    const client = await bench.client(
      await bench.proxy(`localhost:${(server.address() as AddressInfo).port}`),
    )
    expect((await client.ended).how).toBe('end')
    expect(client.received().toString()).toBe('here')
    server.close()
  })

  test('keeps what the client wrote before the upstream was there', async () => {
    const proxy = await bench.proxy()
    const client = await bench.client(proxy)
    client.socket.write('early')
    await client.until(5)
    expect(client.received().toString()).toBe('early')
  })
})

describe('disabling a proxy', () => {
  test('drops its connections, refuses new ones, and lets them in again when enabled', async () => {
    const proxy = await bench.proxy()
    const clients = await Promise.all([echoed(proxy), echoed(proxy), echoed(proxy)])
    await bench.control.setEnabled(proxy.name, false)
    for (const client of clients) expect((await client.ended).how).toBe('end')
    await expect(bench.client(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await bench.control.setEnabled(proxy.name, true)
    await echoed(proxy)
  })

  test('drops what waits in its toxics', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 60_000, jitter: 0 }))
    const client = await bench.client(proxy)
    client.socket.write('held')
    await wait(30)
    await bench.control.setEnabled(proxy.name, false)
    await client.ended
    expect(client.received().length).toBe(0)
  })

  test('tells the server behind it too', async () => {
    let heard: (how: string) => void = () => undefined
    const ended = new Promise<string>((resolve) => (heard = resolve))
    const proxy = await bench.proxy(
      await bench.upstream((socket) => socket.resume().once('end', () => heard('end'))),
    )
    const client = await bench.client(proxy)
    client.socket.write('x')
    await wait(20)
    await bench.control.setEnabled(proxy.name, false)
    expect(await ended).toBe('end')
  })

  test('drops a client whose upstream is still being dialled, and waits for no dial', async () => {
    const stalled = await stalledListener()
    const proxy = await bench.proxy(stalled.address)
    const client = await bench.client(proxy)
    expect(await Promise.race([client.ended, wait(100)])).toBeUndefined()
    expect(await bench.control.setEnabled(proxy.name, false)).toMatchObject({ enabled: false })
    expect((await client.ended).how).toBe('end')
    await stalled.close()
  })
})

describe('deleting a proxy', () => {
  test('drops its connections and frees its port', async () => {
    const proxy = await bench.proxy()
    const client = await echoed(proxy)
    expect(await bench.control.deleteProxy(proxy.name)).toBe(true)
    expect((await client.ended).how).toBe('end')
    await expect(bench.client(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await bench.control.createProxy({ name: 'again', listen: proxy.listen, upstream: '127.0.0.1:9' })
  })
})

describe('an upstream that does not accept', () => {
  test('holds up no other client: one that comes after it is better is served at once', async () => {
    const stalled = await stalledListener()
    const proxy = await bench.proxy(stalled.address)
    const hung = await bench.client(proxy)
    expect(await Promise.race([hung.ended, wait(50)])).toBeUndefined()
    const echo = await bench.proxy()
    await echoed(echo)
    await bench.call(
      'PATCH',
      `/proxies/${encodeURIComponent(proxy.name)}`,
      JSON.stringify({ upstream: echo.upstream }),
    )
    await echoed(proxy)
    await stalled.close()
  })
})

describe('changing a proxy', () => {
  const patch = async (name: string, change: object) =>
    (await bench.call('PATCH', `/proxies/${encodeURIComponent(name)}`, JSON.stringify(change))).json()

  test('to another upstream drops the connections and serves the new one from the same port', async () => {
    const proxy = await bench.proxy()
    const client = await echoed(proxy)
    const other = await bench.upstream((socket) => socket.end('other'))
    expect(await patch(proxy.name, { upstream: other })).toMatchObject({
      listen: proxy.listen,
      upstream: other,
    })
    await client.ended
    const next = await bench.client(proxy)
    await next.ended
    expect(next.received().toString()).toBe('other')
  })

  test('to what it is already touches no connection', async () => {
    const proxy = await bench.proxy()
    const client = await echoed(proxy)
    await patch(proxy.name, {
      listen: proxy.listen.replace('127.0.0.1', 'localhost'),
      upstream: proxy.upstream,
      enabled: true,
    })
    client.socket.write('x')
    await client.until(2)
    expect(client.received().toString()).toBe('wx')
  })

  test('to a port that is taken leaves it closed, with that port', async () => {
    const [one, two] = [await bench.proxy(), await bench.proxy()]
    const answer = await patch(one.name, { listen: two.listen })
    expect(answer).toEqual({ error: `listen tcp ${two.listen}: bind: address already in use`, status: 500 })
    expect(await bench.control.getProxy(one.name)).toMatchObject({ enabled: false, listen: two.listen })
  })
})

describe('stopping the server', () => {
  test('closes the control port, the proxies and their connections, and may be done twice', async () => {
    const proxy = await bench.proxy()
    const client = await echoed(proxy)
    await bench.server.stop()
    await bench.server.stop()
    expect((await client.ended).how).toBe('end')
    await expect(bench.client(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(bench.control.version()).rejects.toMatchObject({ code: 'TOXIPROXY_UNREACHABLE' })
  })
})
