import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toxic } from '../support/toxiproxy-bench.ts'
import { startWeighedServer, type Weight, type WeighedServer } from '../support/toxiproxy-weighed.ts'

const ROOMY = 1.5

let server: WeighedServer
let echo: Server
let upstream: string

beforeAll(async () => {
  server = await startWeighedServer()
  echo = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  upstream = `127.0.0.1:${(echo.address() as AddressInfo).port}`
})
afterAll(() => {
  server.stop()
  echo.close()
})

/**
 * Does a thing to a proxy once to warm up and once for good, and compares what the server's process holds between the
 * two and behind them. Whatever the first leaves behind, the second would leave behind again.
 */
async function leavesNothing(name: string, act: (port: number) => Promise<void>): Promise<void> {
  const round_ = async (round: number) => {
    const proxy = await server.control.createProxy({
      name: `${name} ${round}`,
      listen: '127.0.0.1:0',
      upstream,
    })
    await act(Number(proxy.listen.split(':').at(-1)))
    await server.control.deleteProxy(proxy.name)
    await sleep(100)
    return server.weigh()
  }
  const [before, after]: [Weight, Weight] = [await round_(1), await round_(2)]
  expect(after.faults).toEqual([])
  expect(after.bytes / before.bytes).toBeLessThan(ROOMY)
  expect({ sockets: after.sockets, servers: after.servers }).toEqual({
    sockets: before.sockets,
    servers: before.servers,
  })
  expect(after.timers).toBeLessThanOrEqual(before.timers + 1)
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Adds a toxic and removes it again, as fast as the server answers, until told to stop; says how often. */
function toggle(name: string, settings: Parameters<typeof toxic>[1], type: Parameters<typeof toxic>[0]) {
  let stopped = false
  const one = toxic(type, settings, { name: 'toggled' })
  const done = (async () => {
    let times = 0
    for (; !stopped; times++) {
      await server.control.addToxic(name, one)
      await sleep(2)
      await server.control.removeToxic(name, one.name)
    }
    return times
  })()
  return {
    stop: () => {
      stopped = true
      return done
    },
  }
}

describe('the weighing', () => {
  it('sees a connection and a toxic’s timer that are held', async () => {
    const proxy = await server.control.createProxy({ name: 'held', listen: '127.0.0.1:0', upstream })
    await server.control.addToxic(proxy.name, toxic('latency', { latency: 60_000, jitter: 0 }))
    const before = await server.weigh()
    const socket = await open(Number(proxy.listen.split(':').at(-1)))
    socket.write('held')
    await sleep(200)
    const during = await server.weigh()
    socket.destroy()
    await server.control.deleteProxy(proxy.name)
    expect(during.sockets - before.sockets).toBe(2)
    expect(during.timers).toBeGreaterThan(before.timers)
  })
})

describe('while a toxic comes and goes', () => {
  it('65,535 writes arrive whole and in order', async () => {
    let round = 0
    await leavesNothing('ordered', async (port) => {
      const toggling = toggle(`ordered ${++round}`, { latency: 1000, jitter: 0 }, 'latency')
      const socket = await open(port)
      const WRITES = 65_535
      let read = Buffer.alloc(0)
      let next = 0
      const all = new Promise<void>((resolve, reject) => {
        socket.on('data', (data: Buffer) => {
          read = Buffer.concat([read, data])
          for (; read.length >= 4; read = read.subarray(4)) {
            if (read.readUInt32BE() !== next)
              reject(new Error(`${read.readUInt32BE()} came in the place of ${next}`))
            next++
          }
          if (next === WRITES) resolve()
        })
        socket.once('close', () => reject(new Error(`closed after ${next}`)))
      })
      const write = async () => {
        for (let n = 0; n < WRITES; n++) {
          const bytes = Buffer.alloc(4)
          bytes.writeUInt32BE(n)
          if (!socket.write(bytes)) await once(socket, 'drain')
          if (n % 50 === 0) await sleep(1)
        }
      }
      await Promise.all([write(), all])
      expect(await toggling.stop()).toBeGreaterThan(20)
      expect(next).toBe(WRITES)
      socket.destroy()
    })
  })

  it.each([
    ['limit_data', { bytes: Number.MAX_SAFE_INTEGER }],
    ['latency', { latency: 5, jitter: 5 }],
    ['bandwidth', { rate: 100_000 }],
    ['slicer', { average_size: 3, size_variation: 2, delay: 100 }],
  ] as const)('100 echoes come back under a tight loop of %s', async (type, settings) => {
    let round = 0
    await leavesNothing(type, async (port) => {
      const toggling = toggle(`${type} ${++round}`, settings, type)
      const socket = await open(port)
      for (let n = 0; n < 100; n++) {
        const said = `echo number ${n} of a hundred`
        socket.write(said)
        let heard = ''
        while (heard.length < said.length) {
          const [data] = (await once(socket, 'data')) as [Buffer]
          heard += data.toString()
        }
        expect(heard).toBe(said)
      }
      expect(await toggling.stop()).toBeGreaterThan(3)
      socket.destroy()
    })
  })

  it('a thousand connections open and close, each of them used', async () => {
    let round = 0
    await leavesNothing('thousand', async (port) => {
      const toggling = toggle(`thousand ${++round}`, { latency: 1, jitter: 0 }, 'latency')
      let answered = 0
      let left = 1000
      const lane = async () => {
        for (let n = left--; n > 0; n = left--) {
          const socket = await open(port)
          socket.write('x')
          // Some are closed at once, so that the toxic meets connections in every state.
          if (n % 4 !== 0) {
            await once(socket, 'data')
            answered++
          }
          if (n % 3 === 0) socket.resetAndDestroy()
          else socket.destroy()
        }
      }
      await Promise.all(Array.from({ length: 10 }, lane))
      expect(answered).toBe(750)
      expect(await toggling.stop()).toBeGreaterThan(20)
      await sleep(300)
    })
  })
})
