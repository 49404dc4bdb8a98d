import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { KINDS, median, type Kind } from './router/judge.ts'
import { startPart, startServing, type Serving } from './router/process.ts'
import { calls, type Lane } from './router/speed.ts'
import type { BenchRow } from './row.ts'

/**
 * What a standing stage costs a healthy request: its proxy and its gate between a router and a provider, against a
 * direct call and the barest proxy of one hop. All ways are measured in every round, in turning order.
 */

const WAYS = ['direct', 'passthrough', 'stage'] as const
type Way = (typeof WAYS)[number]

const WARM_UP = 3000
const ROUNDS = 9
const SEQUENTIAL = 250
const MOST_MS = 1

/** Measures what a stage adds to a request, plain and streamed. */
export async function benchStage(): Promise<BenchRow[]> {
  const serving: Serving[] = []
  const lanes: Lane[] = []
  const keep = async (starting: Promise<Serving>) => {
    const one = await starting
    serving.push(one)
    return one.url
  }
  const laneTo = (url: string): Lane => {
    const lane = { pool: new Pool(url, { headersTimeout: 0, bodyTimeout: 0 }), headers: {} }
    lanes.push(lane)
    return lane
  }
  try {
    const upstream = await keep(startPart('upstream'))
    const clients: Record<Way, Lane> = {
      direct: laneTo(upstream),
      passthrough: laneTo(await keep(startPart('passthrough', upstream))),
      stage: laneTo(await keep(serveStage(upstream))),
    }
    const rows: BenchRow[] = []
    for (const kind of KINDS) {
      const latencies: Record<Way, number[]> = { direct: [], passthrough: [], stage: [] }
      for (const way of WAYS) await calls(clients[way], kind, WARM_UP, 4)
      for (let round = 0; round < ROUNDS; round++) {
        for (let turn = 0; turn < WAYS.length; turn++) {
          const way = WAYS[(round + turn) % WAYS.length] ?? 'direct'
          latencies[way].push(median((await calls(clients[way], kind, SEQUENTIAL, 1)).latenciesMs))
        }
      }
      rows.push(...judge(kind, latencies))
    }
    return rows
  } finally {
    await Promise.all(lanes.map(({ pool }) => pool.destroy()))
    await Promise.all(serving.map((one) => one.stop()))
  }
}

function serveStage(upstream: string): Promise<Serving> {
  const file = fileURLToPath(new URL('stage-part.ts', import.meta.url))
  return startServing({
    name: 'stage',
    args: ['--import', 'tsx', file, upstream],
    ready: /listens on (\S+)/,
  })
}

function judge(kind: Kind, latencies: Record<Way, number[]>): BenchRow[] {
  const [direct, passthrough, stage] = WAYS.map((way) => median(latencies[way]))
  const [bare, added] = [passthrough! - direct!, stage! - direct!]
  const row = (what: string, value: number, unit: string, limit = '-', passed = true): BenchRow => ({
    bench: 'stage',
    what: `${kind}, ${what}`,
    value: Number(value.toPrecision(4)),
    unit,
    limit,
    passed,
  })
  return [
    row('direct call, one at a time, median', direct!, 'ms'),
    row('pass-through adds', bare, 'ms'),
    row('stage adds', added, 'ms', `< ${MOST_MS}`, added < MOST_MS),
    row('added latency, stage / pass-through', added / bare, 'ratio'),
  ]
}
