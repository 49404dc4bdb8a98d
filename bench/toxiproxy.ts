import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../src/base/index.ts'
import { toxiproxyControl } from '../src/toxiproxy/index.ts'
import { freePort } from '../test/differential/runner/places.ts'
import { findRealToxiproxy } from '../test/support/real-toxiproxy.ts'
import type { BenchRow } from './row.ts'

/**
 * What a connection through the embedded Toxiproxy costs, against none and against the original, where there is one.
 *
 * Every server has a process of its own, and all ways are measured in every round, in turning order, so that a busy
 * machine is busy for all of them alike. Only the ratio of the medians, embedded to original, is judged.
 */

const ROUNDS = 9
/** After this no further round begins; three there must be. */
const MOST_MS = 75_000
const ROUND_TRIPS = 4000
const CONNECTS = 200
const POURED = 128 * 1024 * 1024
const LANES = 50

const WAYS = ['direct', 'embedded', 'real'] as const
type Way = (typeof WAYS)[number]

interface Round {
  rttP50: number
  rttP99: number
  connectP50: number
  one: number
  fifty: number
}

const FIGURES: readonly { key: keyof Round; what: string; unit: string; more: boolean }[] = [
  { key: 'rttP50', what: 'round trip of 64 bytes, p50', unit: 'us', more: false },
  { key: 'rttP99', what: 'round trip of 64 bytes, p99', unit: 'us', more: false },
  { key: 'connectP50', what: 'new connection and a round trip, p50', unit: 'us', more: false },
  { key: 'one', what: 'throughput of one connection', unit: 'MB/s', more: true },
  { key: 'fifty', what: `throughput of ${LANES} connections`, unit: 'MB/s', more: true },
]

/** Measures round trips, new connections and throughput through both servers and through none. Takes about a minute. */
export async function benchToxiproxy(): Promise<BenchRow[]> {
  const children: ChildProcess[] = []
  try {
    const target = await startTarget(children)
    const ports: Partial<Record<Way, number>> = {
      direct: target,
      embedded: await startProxy(children, target, process.execPath, [
        fileURLToPath(new URL('../bin/gameday.js', import.meta.url)),
        'serve',
        'toxiproxy',
        '--seed',
        '1',
      ]),
    }
    const binary = findRealToxiproxy()
    if (binary === null)
      process.stderr.write('no real Toxiproxy (TOXIPROXY_BIN): there is nothing to compare with\n')
    else ports.real = await startProxy(children, target, binary, [])
    return judge(await measure(ports))
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}

async function measure(ports: Partial<Record<Way, number>>): Promise<Record<Way, Round[]>> {
  const rounds: Record<Way, Round[]> = { direct: [], embedded: [], real: [] }
  const ways = WAYS.filter((way) => ports[way] !== undefined)
  // By then the compiler has seen what is hot in each process.
  for (const way of ways) await round(ports[way] ?? 0)
  const beganMs = performance.now()
  for (let n = 0; n < ROUNDS && (n < 3 || performance.now() - beganMs < MOST_MS); n++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const way = ways[(n + turn) % ways.length] ?? 'direct'
      rounds[way].push(await round(ports[way] ?? 0))
    }
  }
  return rounds
}

async function round(port: number): Promise<Round> {
  const trips = await roundTrips(port)
  const connects: number[] = []
  for (let n = 0; n < CONNECTS; n++) connects.push(await connectAndTrip(port))
  return {
    rttP50: rank(trips, 0.5),
    rttP99: rank(trips, 0.99),
    connectP50: rank(connects, 0.5),
    one: await pour(port, 1),
    fifty: await pour(port, LANES),
  }
}

/** Microseconds of each round trip, one after the other on one connection. */
async function roundTrips(port: number): Promise<number[]> {
  const socket = await open(port)
  const ping = Buffer.alloc(64, 'p')
  await trip(socket, Buffer.concat([Buffer.from('e'), ping]))
  const times: number[] = []
  for (let n = 0; n < ROUND_TRIPS; n++) {
    const beganMs = performance.now()
    await trip(socket, ping)
    times.push((performance.now() - beganMs) * 1000)
  }
  socket.destroy()
  return times
}

/** Sends and waits until 64 bytes have come back. */
function trip(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = 64
    const closed = () => reject(new Error('the connection was closed within a round trip'))
    const onData = (data: Buffer) => {
      left -= data.length
      if (left > 0) return
      socket.off('data', onData).off('close', closed)
      resolve()
    }
    socket.on('data', onData).once('close', closed)
    socket.write(bytes)
  })
}

async function connectAndTrip(port: number): Promise<number> {
  const beganMs = performance.now()
  const socket = await open(port)
  await trip(socket, Buffer.concat([Buffer.from('e'), Buffer.alloc(64, 'p')]))
  const tookUs = (performance.now() - beganMs) * 1000
  socket.destroy()
  return tookUs
}

/** Megabytes a second that come down so many connections at once. */
async function pour(port: number, lanes: number): Promise<number> {
  const each = Math.floor(POURED / lanes)
  const sockets = await Promise.all(Array.from({ length: lanes }, () => open(port)))
  const order = Buffer.alloc(5)
  order.write('s')
  order.writeUInt32BE(each, 1)
  const beganMs = performance.now()
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          let left = each
          socket.on('data', (data: Buffer) => {
            left -= data.length
            if (left === 0) resolve()
          })
          socket.once('close', () => reject(new Error('the connection was closed within its bytes')))
          socket.write(order)
        }),
    ),
  )
  const seconds = (performance.now() - beganMs) / 1000
  for (const socket of sockets) socket.destroy()
  return (each * lanes) / 1e6 / seconds
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

function judge(rounds: Record<Way, Round[]>): BenchRow[] {
  return FIGURES.flatMap(({ key, what, unit, more }) => {
    const median = (way: Way) =>
      rank(
        rounds[way].map((one) => one[key]),
        0.5,
      )
    const rows = WAYS.filter((way) => rounds[way].length > 0).map((way) =>
      row(`${what}, ${way}`, median(way), unit, '-', true),
    )
    if (rounds.real.length === 0) return rows
    const ratio = median('embedded') / median('real')
    const passed = more ? ratio >= 1 : ratio <= 1
    return [...rows, row(`${what}, embedded / real`, ratio, 'ratio', more ? '>= 1' : '<= 1', passed)]
  })
}

const row = (what: string, value: number, unit: string, limit: string, passed: boolean): BenchRow => ({
  bench: 'toxiproxy',
  what,
  value,
  unit,
  limit,
  passed,
})

function rank(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

async function startTarget(children: ChildProcess[]): Promise<number> {
  const child = fork(fileURLToPath(new URL('toxiproxy-target.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  })
  children.push(child)
  const [port] = (await once(child, 'message')) as [number]
  return port
}

/** Starts a Toxiproxy by its command and makes a proxy in it; the port of that proxy. */
async function startProxy(
  children: ChildProcess[],
  target: number,
  command: string,
  args: readonly string[],
): Promise<number> {
  const port = await freePort()
  const child = spawn(command, [...args, '-host', '127.0.0.1', '-port', String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'error' },
  })
  children.push(child)
  const control = toxiproxyControl({ url: `http://127.0.0.1:${port}`, timeoutMs: 5000 })
  for (let tries = 0; ; tries++) {
    try {
      const upstream = `127.0.0.1:${target}`
      const { listen } = await control.createProxy({ name: 'bench', listen: '127.0.0.1:0', upstream })
      return Number(listen.split(':').at(-1))
    } catch (error) {
      if (tries === 100 || child.exitCode !== null) throw error
      await systemClock.sleep(100)
    }
  }
}
