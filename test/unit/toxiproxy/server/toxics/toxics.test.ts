import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pattern, startBench, toxic, type Bench } from '../../../../support/toxiproxy-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.close())

/** Timers may fire late on a busy machine, never early by more than their grain. */
function expectAtLeast(ms: number, least: number, most = least + 1500): void {
  expect(ms).toBeGreaterThanOrEqual(least - 2)
  expect(ms).toBeLessThan(most)
}

/** Opens a client and lets it make one round trip, so that the connection is known to be through. */
async function warmClient(proxy: { listen: string }) {
  const client = await bench.client(proxy)
  client.socket.write('w')
  await client.until(1)
  return client
}

describe('latency', () => {
  test.each(['upstream', 'downstream'] as const)('delays bytes that go %s', async (stream) => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 200, jitter: 0 }, { stream }))
    const client = await bench.client(proxy)
    const start = performance.now()
    client.socket.write('hello')
    expectAtLeast((await client.until(5)) - start, 200)
    expect(client.received().toString()).toBe('hello')
  })

  test('delays both ways, and several of it add up', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(
      proxy.name,
      toxic('latency', { latency: 100, jitter: 0 }, { stream: 'upstream' }),
    )
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 100, jitter: 0 }, { name: 'one' }))
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 50, jitter: 0 }, { name: 'two' }))
    const client = await bench.client(proxy)
    const start = performance.now()
    client.socket.write('hello')
    expectAtLeast((await client.until(5)) - start, 250)
    expect(client.received().toString()).toBe('hello')
  })

  test('delays chunks side by side and not one after the other', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 300, jitter: 0 }))
    const client = await bench.client(proxy)
    const start = performance.now()
    for (let i = 0; i < 20; i++) {
      client.socket.write('x')
      await wait(10)
    }
    // One after the other they would take six seconds.
    expectAtLeast((await client.until(20)) - start, 300, 3000)
    expect(client.received().length).toBe(20)
  })

  test('keeps the order under jitter', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 20, jitter: 20 }))
    const client = await bench.client(proxy)
    const sent = pattern(200)
    for (const byte of sent) {
      client.socket.write(Buffer.of(byte))
      if (byte % 4 === 0) await wait(1)
    }
    await client.until(sent.length)
    expect(client.received().equals(sent)).toBe(true)
  })

  test('does not delay an end that no data stands before', async () => {
    const hungUp = deferred<number>()
    const proxy = await bench.proxy(
      await bench.upstream((socket) => socket.resume().once('end', () => hungUp.resolve(performance.now()))),
    )
    await bench.control.addToxic(
      proxy.name,
      toxic('latency', { latency: 5000, jitter: 0 }, { stream: 'upstream' }),
    )
    const client = await bench.client(proxy)
    const start = performance.now()
    client.socket.end()
    expect((await hungUp.promise) - start).toBeLessThan(3000)
  })

  test('lets an end follow the data before it', async () => {
    const proxy = await bench.proxy(await bench.upstream((socket) => socket.end('bye')))
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 200, jitter: 0 }))
    const start = performance.now()
    const client = await bench.client(proxy)
    const { how, atMs } = await client.ended
    expect([how, client.received().toString()]).toEqual(['end', 'bye'])
    expectAtLeast(atMs - start, 200)
  })

  test('of less than nothing is no wait', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: -500, jitter: 0 }))
    expect((await warmClient(proxy)).received().toString()).toBe('w')
  })

  test('releases what it holds when it is updated, and holds what comes then by the new value', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 60_000, jitter: 0 }))
    const client = await bench.client(proxy)
    client.socket.write('a')
    await wait(50)
    await bench.call(
      'PATCH',
      `/proxies/${encodeURIComponent(proxy.name)}/toxics/latency_downstream`,
      '{"attributes":{"latency":200}}',
    )
    await client.until(1)
    const start = performance.now()
    client.socket.write('b')
    expectAtLeast((await client.until(2)) - start, 200)
    expect(client.received().toString()).toBe('ab')
  })

  test('passes all that waits, in order, when it is removed', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('latency', { latency: 60_000, jitter: 0 }))
    const client = await bench.client(proxy)
    const sent = pattern(300_000)
    client.socket.write(sent)
    await wait(50)
    expect(client.received().length).toBe(0)
    await bench.control.removeToxic(proxy.name, 'latency_downstream')
    await client.until(sent.length)
    expect(client.received().equals(sent)).toBe(true)
  })
})

describe('bandwidth', () => {
  test('holds 100 kB for about a second at 100 kB/s, in pieces', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('bandwidth', { rate: 100 }))
    const client = await bench.client(proxy)
    const sent = pattern(100_000)
    const start = performance.now()
    client.socket.write(sent)
    const first = (await client.until(1)) - start
    expectAtLeast(first, 100, 900)
    expectAtLeast((await client.until(sent.length)) - start, 1000, 4000)
    expect(client.received().equals(sent)).toBe(true)
  })

  test('is a limit of each connection, not of the proxy', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('bandwidth', { rate: 100 }))
    const start = performance.now()
    const ends = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = await bench.client(proxy)
        client.socket.write(pattern(30_000))
        return client.until(30_000)
      }),
    )
    // Shared, the 120 kB would take 1.2 s.
    expect(ends).toHaveLength(4)
    expectAtLeast(Math.min(...ends) - start, 300, 1150)
  })

  test('of 0 holds everything back and gives it out when removed', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('bandwidth', { rate: 0 }))
    const client = await bench.client(proxy)
    const sent = pattern(200_000)
    client.socket.write(sent)
    await wait(150)
    expect(client.received().length).toBe(0)
    await bench.control.removeToxic(proxy.name, 'bandwidth_downstream')
    await client.until(sent.length)
    expect(client.received().equals(sent)).toBe(true)
  })
})

describe('timeout', () => {
  test('drops everything and closes after a time without data', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('timeout', { timeout: 200 }))
    const start = performance.now()
    const client = await bench.client(proxy)
    for (let i = 0; i < 4; i++) {
      client.socket.write('x')
      await wait(80)
    }
    const { how, atMs } = await client.ended
    expect([how, client.received().length]).toEqual(['end', 0])
    // Each dropped chunk starts the time anew: four of them 80 ms apart, then 200 ms of silence.
    expectAtLeast(atMs - start, 430)
  })

  test('of 0 is a black hole that holds the connection', async () => {
    const proxy = await bench.proxy()
    const client = await warmClient(proxy)
    await bench.control.addToxic(proxy.name, toxic('timeout', { timeout: 0 }))
    client.socket.write('lost')
    const first = await Promise.race([client.ended, wait(200)])
    expect([first, client.received().toString()]).toEqual([undefined, 'w'])
  })

  test('closes the connections that it was active on when it is removed, and lets new ones through', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('timeout', { timeout: 0 }))
    const client = await bench.client(proxy)
    client.socket.write('lost')
    await wait(20)
    await bench.control.removeToxic(proxy.name, 'timeout_downstream')
    await client.ended
    expect(client.received().length).toBe(0)
    await warmClient(proxy)
  })

  test('spares the connections that its toxicity spares, also when it is removed', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('timeout', { timeout: 0 }, { toxicity: 0 }))
    const client = await warmClient(proxy)
    await bench.control.removeToxic(proxy.name, 'timeout_downstream')
    client.socket.write('x')
    await client.until(2)
    expect(client.received().toString()).toBe('wx')
  })
})

describe('reset_peer', () => {
  test.each([
    ['upstream', 0],
    ['upstream', 100],
    ['downstream', 0],
    ['downstream', 100],
  ] as const)('%s resets a connection %i ms after its first data', async (stream, timeout) => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('reset_peer', { timeout }, { stream }))
    const client = await bench.client(proxy)
    await wait(30)
    const start = performance.now()
    client.socket.write('x')
    const { how, atMs } = await client.ended
    expect([how, client.received().length]).toEqual(['ECONNRESET', 0])
    expectAtLeast(atMs - start, timeout)
  })

  test('resets the server behind it too', async () => {
    const reset = deferred<string | undefined>()
    const proxy = await bench.proxy(
      await bench.upstream((socket) =>
        socket.resume().once('error', (error: NodeJS.ErrnoException) => reset.resolve(error.code)),
      ),
    )
    await bench.control.addToxic(proxy.name, toxic('reset_peer', { timeout: 0 }, { stream: 'upstream' }))
    const client = await bench.client(proxy)
    client.socket.write('x')
    expect(await reset.promise).toBe('ECONNRESET')
  })

  test('closes a connection that was open before it plainly', async () => {
    const proxy = await bench.proxy()
    const client = await warmClient(proxy)
    await bench.control.addToxic(proxy.name, toxic('reset_peer', { timeout: 0 }))
    client.socket.write('x')
    expect((await client.ended).how).toBe('end')
  })

  test('does not call the close off when it is removed after it dropped a chunk', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('reset_peer', { timeout: 300 }))
    const client = await bench.client(proxy)
    client.socket.write('lost')
    await wait(100)
    await bench.control.removeToxic(proxy.name, 'reset_peer_downstream')
    client.socket.write('lost too')
    expect((await client.ended).how).toBe('ECONNRESET')
    expect(client.received().length).toBe(0)
  })

  test('leaves the connections alone that its toxicity spares', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('reset_peer', { timeout: 0 }, { toxicity: 0 }))
    const client = await warmClient(proxy)
    client.socket.end()
    expect((await client.ended).how).toBe('end')
  })
})

describe('limit_data', () => {
  test.each([
    ['less than the limit', 99, 99],
    ['exactly the limit', 100, 100],
    ['more than the limit', 250, 100],
  ])('passes of %s what it may', async (_what, sent, passed) => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('limit_data', { bytes: 100 }))
    const client = await bench.client(proxy)
    client.socket.write(pattern(sent))
    await client.until(passed)
    if (sent < 100) client.socket.write('x')
    expect((await client.ended).how).not.toBe('')
    expect(client.received().subarray(0, passed).equals(pattern(passed))).toBe(true)
    expect(client.received().length).toBe(100)
  })

  test('of 0 closes on the first data and passes none', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('limit_data', { bytes: 0 }))
    const client = await bench.client(proxy)
    expect(await Promise.race([client.ended, wait(50)])).toBeUndefined()
    client.socket.write('x')
    await client.ended
    expect(client.received().length).toBe(0)
  })

  test('goes on counting when it is updated', async () => {
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, toxic('limit_data', { bytes: 100 }))
    const client = await bench.client(proxy)
    client.socket.write(pattern(50))
    await client.until(50)
    await bench.call(
      'PATCH',
      `/proxies/${encodeURIComponent(proxy.name)}/toxics/limit_data_downstream`,
      '{"attributes":{"bytes":120}}',
    )
    client.socket.write(pattern(200))
    await client.ended
    expect(client.received().length).toBe(120)
  })

  test('counts from where it was added', async () => {
    const proxy = await bench.proxy()
    const client = await bench.client(proxy)
    client.socket.write(pattern(50))
    await client.until(50)
    await bench.control.addToxic(proxy.name, toxic('limit_data', { bytes: 10 }))
    client.socket.write(pattern(200))
    await client.ended
    expect(client.received().length).toBe(60)
  })
})

describe('slow_close', () => {
  test.each(['upstream', 'downstream'] as const)(
    '%s passes bytes at once and the end late',
    async (stream) => {
      const ended = deferred<number>()
      const to = await bench.upstream((socket) => {
        socket.once('data', (data) => (stream === 'upstream' ? socket.write(data) : socket.end(data)))
        socket.once('end', () => ended.resolve(performance.now()))
      })
      const proxy = await bench.proxy(to)
      await bench.control.addToxic(proxy.name, toxic('slow_close', { delay: 200 }, { stream }))
      const client = await bench.client(proxy)
      client.socket.write('x')
      const answered = await client.until(1)
      if (stream === 'upstream') client.socket.end()
      const atMs = stream === 'upstream' ? await ended.promise : (await client.ended).atMs
      expectAtLeast(atMs - answered, 190)
      expect(client.received().toString()).toBe('x')
    },
  )

  test.each([
    ['removed', (name: string) => bench.control.removeToxic(name, 'slow_close_downstream')],
    ['shortened', (name: string) => patch(name, 'slow_close_downstream', { delay: 20 })],
  ])('that is %s while an end waits closes then', async (_how, change) => {
    const proxy = await bench.proxy(await bench.upstream((socket) => socket.end('hi')))
    await bench.control.addToxic(proxy.name, toxic('slow_close', { delay: 60_000 }))
    const client = await bench.client(proxy)
    await client.until(2)
    expect(await Promise.race([client.ended, wait(60)])).toBeUndefined()
    await change(proxy.name)
    expect((await client.ended).how).toBe('end')
  })
})

describe('slicer', () => {
  const sliced = (size: number, variation: number, delay: number) =>
    toxic('slicer', { average_size: size, size_variation: variation, delay })

  test('cuts what passes into pieces of about its size, and waits after each', async () => {
    const sent = pattern(8000)
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, sliced(1000, 0, 30_000))
    const client = await bench.client(proxy)
    const start = performance.now()
    client.socket.write(sent)
    await client.until(1)
    // Of eight pieces, 30 ms apart; a busy machine may read some at once.
    expect(client.received().length).toBeLessThanOrEqual(4000)
    expectAtLeast((await client.until(sent.length)) - start, 7 * 30)
    expect(client.received().equals(sent)).toBe(true)
  })

  test.each([
    [1, 1],
    [1, 0],
    [7, 7],
    [3, 2],
    [100_000, 100_000],
  ])('of %i ± %i loses nothing and ends', async (size, variation) => {
    const sent = pattern(3000)
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, sliced(size, variation, 0))
    const client = await bench.client(proxy)
    client.socket.write(sent)
    await client.until(sent.length)
    expect(client.received().equals(sent)).toBe(true)
  })

  test('passes the rest of a chunk on at once when it is removed', async () => {
    const sent = pattern(4000)
    const proxy = await bench.proxy()
    await bench.control.addToxic(proxy.name, sliced(100, 0, 10_000_000))
    const client = await bench.client(proxy)
    client.socket.write(sent)
    await client.until(1)
    await bench.control.removeToxic(proxy.name, 'slicer_downstream')
    await client.until(sent.length)
    expect(client.received().equals(sent)).toBe(true)
  })
})

describe('a latency behind another toxic', () => {
  test.each([
    ['bandwidth', { rate: 2 }],
    ['slicer', { average_size: 500, size_variation: 0, delay: 250_000 }],
  ] as const)(
    'overlaps with the delay of %s, whose pieces are as old as their chunk',
    async (type, attributes) => {
      const proxy = await bench.proxy()
      await bench.control.addToxic(proxy.name, toxic(type, attributes))
      await bench.control.addToxic(proxy.name, toxic('latency', { latency: 1000, jitter: 0 }))
      const client = await bench.client(proxy)
      const start = performance.now()
      client.socket.write(pattern(2000))
      // One after the other they would take 1750 ms and more.
      expectAtLeast((await client.until(2000)) - start, 1000, 1600)
      expect(client.received().equals(pattern(2000))).toBe(true)
    },
  )

  test('is shorter for a chunk that came while the first held another', async () => {
    const proxy = await bench.proxy()
    for (const name of ['one', 'two'])
      await bench.control.addToxic(proxy.name, toxic('latency', { latency: 600, jitter: 0 }, { name }))
    const client = await bench.client(proxy)
    client.socket.write('a')
    await wait(290)
    client.socket.write('b')
    const first = await client.until(1)
    // Counted from its own arrival it would be 290 ms behind.
    expect((await client.until(2)) - first).toBeLessThan(200)
  })
})

describe('toxicity', () => {
  test('affects its share of connections, and the same ones for the same seed', async () => {
    const hits = async (seed: number) => {
      const seeded = await startBench({ seed })
      const proxy = await seeded.proxy()
      await seeded.control.addToxic(proxy.name, toxic('limit_data', { bytes: 0 }, { toxicity: 0.5 }))
      const outcomes: string[] = []
      for (let i = 0; i < 40; i++) {
        const client = await seeded.client(proxy)
        client.socket.write('x')
        outcomes.push(
          await Promise.race([client.until(1).then(() => 'passed'), client.ended.then(() => 'closed')]),
        )
        client.socket.destroy()
      }
      await seeded.close()
      return outcomes
    }
    const [first, again, other] = [await hits(7), await hits(7), await hits(8)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    const closed = first.filter((how) => how === 'closed').length
    expect(closed).toBeGreaterThan(8)
    expect(closed).toBeLessThan(32)
  })
})

const patch = (proxy: string, name: string, attributes: Record<string, number>) =>
  bench.call('PATCH', `/proxies/${encodeURIComponent(proxy)}/toxics/${name}`, JSON.stringify({ attributes }))

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}
