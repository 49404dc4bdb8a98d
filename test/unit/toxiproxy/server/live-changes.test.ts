import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewToxic } from '../../../../src/toxiproxy/index.ts'
import {
  harmless,
  pattern,
  startBench,
  toxic,
  type Bench,
  type Client,
} from '../../../support/toxiproxy-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.close())

/** Writes numbered lines through the proxy while `meddle` is called again and again, and checks that each comes back once, in place. */
async function writeInOrder(
  client: Client,
  lines: number,
  meddle: (round: number) => Promise<unknown>,
): Promise<number> {
  const line = (n: number) => `${String(n).padStart(7, '0')}\n`
  let done = false
  const writing = (async () => {
    for (let n = 0; n < lines; n++) {
      if (!client.socket.write(line(n))) await once(client.socket, 'drain')
      if (n % 20 === 0) await wait(1)
    }
    await client.until(lines * 8)
    done = true
  })()
  let rounds = 0
  while (!done) {
    await meddle(rounds++)
    await wait(2)
  }
  await writing
  expect(client.received().toString()).toBe(Array.from({ length: lines }, (_, n) => line(n)).join(''))
  return rounds
}

describe('a live connection', () => {
  test('loses no byte and no order of 5,000 writes while latency is added and removed', async () => {
    const proxy = await bench.proxy()
    const client = await bench.client(proxy)
    const slow = toxic('latency', { latency: 1000, jitter: 0 })
    const rounds = await writeInOrder(client, 5000, async (round) =>
      round % 2 === 0
        ? bench.control.addToxic(proxy.name, slow)
        : bench.control.removeToxic(proxy.name, slow.name),
    ).finally(() => client.socket.destroy())
    expect(rounds).toBeGreaterThan(10)
  })

  test('loses none while several toxics come, change and go in both directions', async () => {
    const proxy = await bench.proxy()
    const client = await bench.client(proxy)
    const kinds: NewToxic[] = [
      toxic('latency', { latency: 5, jitter: 5 }, { name: 'a' }),
      toxic('bandwidth', { rate: 500 }, { name: 'b', stream: 'upstream' }),
      harmless('c'),
      toxic('latency', { latency: 3, jitter: 0 }, { name: 'd', stream: 'upstream' }),
      toxic('limit_data', { bytes: 1e9 }, { name: 'e' }),
    ]
    const present = new Set<string>()
    const unexpected: unknown[] = []
    await writeInOrder(client, 3000, async (round) => {
      const chosen = kinds[(round * 7) % kinds.length]
      if (chosen === undefined) return
      const { name, attributes } = chosen
      if (!present.has(name)) {
        await bench.control.addToxic(proxy.name, chosen)
        present.add(name)
      } else if (round % 3 === 0) {
        const change = JSON.stringify({ attributes, toxicity: (round % 5) / 4 })
        const { status } = await bench.call(
          'PATCH',
          `/proxies/${encodeURIComponent(proxy.name)}/toxics/${name}`,
          change,
        )
        if (status !== 200) unexpected.push(status)
      } else {
        if (!(await bench.control.removeToxic(proxy.name, name))) unexpected.push(name)
        present.delete(name)
      }
    })
    expect(unexpected).toEqual([])
  })

  test('keeps 2 MB whole while a toxic is toggled under backpressure', async () => {
    const proxy = await bench.proxy()
    const client = await bench.client(proxy)
    const sent = pattern(2_000_000)
    let done = false
    client.socket.write(sent)
    const arrived = client.until(sent.length).then(() => (done = true))
    while (!done) {
      await bench.control.addToxic(proxy.name, harmless())
      await bench.control.removeToxic(proxy.name, 'harmless')
    }
    await arrived
    expect(client.received().equals(sent)).toBe(true)
  })

  test('survives changes that come all at once', async () => {
    const proxy = await bench.proxy()
    const client = await bench.client(proxy)
    const names = Array.from({ length: 12 }, (_, i) => `t${i}`)
    await Promise.all(
      names.map((name) =>
        bench.control.addToxic(proxy.name, toxic('latency', { latency: 1, jitter: 0 }, { name })),
      ),
    )
    client.socket.write('x')
    await client.until(1)
    const removed = await Promise.all(
      [...names, ...names].map((name) => bench.control.removeToxic(proxy.name, name)),
    )
    expect(removed.filter(Boolean)).toHaveLength(names.length)
    client.socket.write('y')
    await client.until(2)
  })

  test('survives a reset of the whole server, which removes its toxics and enables it', async () => {
    const proxy = await bench.proxy()
    const closed = await bench.proxy()
    await bench.control.setEnabled(closed.name, false)
    const client = await bench.client(proxy)
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 60_000, jitter: 0 }))
    client.socket.write('held')
    await wait(20)
    expect((await bench.call('POST', '/reset')).status).toBe(204)
    await client.until(4)
    expect((await bench.control.getProxy(proxy.name))?.toxics).toEqual([])
    expect(await bench.control.getProxy(closed.name)).toMatchObject({ enabled: true })
  })
})

describe('what a toxic holds', () => {
  const holding = async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 60_000, jitter: 0 }))
    const client = await bench.client(proxy)
    return { proxy, client }
  }

  test('passes a toxic that is added behind it, and at once', async () => {
    const { proxy, client } = await holding()
    client.socket.write('ten bytes!')
    await wait(50)
    await bench.control.addToxic(proxy.name, toxic('limit_data', { bytes: 5 }))
    await client.until(10)
    expect(await Promise.race([client.ended, wait(50)])).toBeUndefined()
  })

  test('is passed on when the toxic behind it is removed', async () => {
    const { proxy, client } = await holding()
    await bench.control.addToxic(proxy.name, harmless())
    client.socket.write('x')
    await wait(50)
    await bench.control.removeToxic(proxy.name, 'harmless')
    await client.until(1)
    expect(client.received().toString()).toBe('x')
  })

  test('stays where it is when the toxic in front of it is removed', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, harmless())
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 60_000, jitter: 0 }))
    const client = await bench.client(proxy)
    client.socket.write('x')
    await wait(50)
    await bench.control.removeToxic(proxy.name, 'harmless')
    expect(await Promise.race([client.until(1), wait(60)])).toBeUndefined()
  })
})

describe('memory that is read into again and again', () => {
  test('is not read into while a stalled client has not taken it, whatever toxics come and go', async () => {
    const sent = pattern(16_000_000)
    const proxy = await bench.proxy(await bench.upstream((socket) => void socket.end(sent)))
    const client = await bench.client(proxy)
    client.socket.pause()
    await wait(150)
    for (let round = 0; round < 3; round++) {
      await bench.control.addToxic(proxy.name, harmless())
      await wait(20)
      client.socket.resume()
      await client.until((round * 2 + 1) * 1_000_000)
      client.socket.pause()
      await bench.control.removeToxic(proxy.name, 'harmless')
      await wait(20)
      client.socket.resume()
      await client.until((round * 2 + 2) * 1_000_000)
      client.socket.pause()
    }
    client.socket.resume()
    await client.until(sent.length)
    expect(client.received().equals(sent)).toBe(true)
  })

  test('of a connection that was cut is clean for the next one', async () => {
    const sent = pattern(4_000_000)
    const proxy = await bench.proxy(await bench.upstream((socket) => void socket.end(sent)))
    for (let round = 0; round < 5; round++) {
      const cut = await bench.client(proxy)
      await cut.until(1)
      cut.socket.pause()
      cut.socket.resetAndDestroy()
      const whole = await Promise.all([bench.client(proxy), bench.client(proxy)])
      for (const client of whole) {
        await client.until(sent.length)
        expect(client.received().equals(sent)).toBe(true)
      }
    }
  })
})

describe('a reader that stalls', () => {
  test.each([
    ['latency', { latency: 10, jitter: 0 }],
    ['bandwidth', { rate: 100_000 }],
    ['limit_data', { bytes: 1e9 }],
  ] as const)('freezes no control call with %s in force, and loses nothing', async (type, attributes) => {
    const size = 24_000_000
    const sent = pattern(size)
    const proxy = await bench.proxy(await bench.upstream((socket) => void socket.end(sent)))
    await bench.control.addToxic(proxy.name, toxic(type, attributes))
    const client = await bench.client(proxy)
    client.socket.pause()
    await wait(200)
    await bench.control.addToxic(proxy.name, harmless('second'))
    expect(await bench.control.removeToxic(proxy.name, `${type}_downstream`)).toBe(true)
    expect(await bench.control.removeToxic(proxy.name, 'second')).toBe(true)
    expect(await bench.control.listProxies()).not.toHaveLength(0)
    client.socket.resume()
    await client.until(size)
    expect(client.received().equals(sent)).toBe(true)
    expect((await client.ended).how).toBe('end')
  })

  test('does not keep its proxy from being disabled', async () => {
    const proxy = await bench.proxy(
      await bench.upstream((socket) => void socket.write(Buffer.alloc(24_000_000))),
    )
    const client = await bench.client(proxy)
    client.socket.pause()
    await wait(100)
    expect(await bench.control.setEnabled(proxy.name, false)).toMatchObject({ enabled: false })
    client.socket.resume()
    await client.ended
  })
})
