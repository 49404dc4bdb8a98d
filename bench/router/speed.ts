import { Pool } from 'undici'
import { messageOf, seededRandom, type Random } from '../../src/base/index.ts'
import type { BenchRow } from '../row.ts'
import { judgeSpeed, KINDS, median, WAYS, type Kind, type Round, type Rounds, type Way } from './judge.ts'
import { portkeyHeaders, servePortkey } from './portkey.ts'
import { startPart, type Serving } from './process.ts'
import { serveRouter } from './served.ts'

const ROUNDS = 15
const LANES = 16
/** Calls before anything is measured, by when the compiler has seen what is hot, and in each round. */
const COUNTS = { warmUp: 4000, sequential: 200, concurrent: 1000 }
/** Portkey's gateway takes ten times as long, and its figures are not judged. */
const PORTKEY_COUNTS = { warmUp: 800, sequential: 50, concurrent: 300 }

const IDLE_MS = 1000

/** One way to the upstream, as the client sees it. */
export interface Lane {
  pool: Pool
  headers: Record<string, string>
}
type Lanes = Partial<Record<Way, Lane>>

/**
 * Measures what the router costs, against a direct call and the barest proxy of the same kind, beside Portkey's gateway.
 *
 * Upstream, client and each of the ways have a process of their own. All ways are measured in every round, in an order
 * drawn anew, so that a busy machine is busy for all of them alike. Only ratios are judged: a millisecond here says
 * nothing about another machine.
 */
export async function benchSpeed(): Promise<BenchRow[]> {
  const serving: Serving[] = []
  const lanes: Lanes = {}
  const keep = async (starting: Promise<Serving>) => {
    const one = await starting
    serving.push(one)
    return one.url
  }
  const lane = (url: string, headers: Record<string, string> = {}): Lane => ({
    // Portkey's gateway hangs up on connections that are idle for 5 s: none may be so old when its turn comes.
    pool: new Pool(url, { headersTimeout: 0, bodyTimeout: 0, keepAliveMaxTimeout: IDLE_MS }),
    headers,
  })
  /** Says aloud, and returns, why it is not there; null if it is. */
  const addPortkey = async (upstream: string): Promise<string | null> => {
    try {
      const portkey = lane(await keep(servePortkey()), portkeyHeaders(upstream))
      for (const kind of KINDS) await calls(portkey, kind, 1, 1)
      lanes.portkey = portkey
      return null
    } catch (error) {
      const why = messageOf(error).trim().split('\n')[0] ?? ''
      process.stderr.write(`PORTKEY'S GATEWAY IS NOT MEASURED: ${why}\n`)
      return why
    }
  }
  try {
    const upstream = await keep(startPart('upstream'))
    const provider = { baseUrl: `${upstream}/v1`, key: 'bench' }
    lanes.direct = lane(upstream)
    lanes.passthrough = lane(await keep(startPart('passthrough', upstream)))
    lanes.router = lane(await keep(serveRouter({ primary: provider, secondary: provider })))
    const missing = await addPortkey(upstream)
    const random = seededRandom(Math.trunc(performance.timeOrigin), 'order of the ways')
    const rows: BenchRow[] = []
    for (const kind of KINDS) rows.push(...judgeSpeed(kind, await measure(kind, lanes, random), missing))
    return rows
  } finally {
    await Promise.all(Object.values(lanes).map(({ pool }) => pool.destroy()))
    await Promise.all(serving.map((one) => one.stop()))
  }
}

async function measure(kind: Kind, lanes: Lanes, random: Random): Promise<Rounds> {
  const ways = WAYS.flatMap((way) => (lanes[way] === undefined ? [] : [{ way, lane: lanes[way] }]))
  const countsOf = (way: Way) => (way === 'portkey' ? PORTKEY_COUNTS : COUNTS)
  for (const { way, lane } of ways) await calls(lane, kind, countsOf(way).warmUp, LANES)
  const rounds: Partial<Record<Way, Round>>[] = []
  for (let n = 0; n < ROUNDS; n++) {
    const round: Partial<Record<Way, Round>> = {}
    for (const { way, lane } of shuffled(ways, random)) {
      const { sequential, concurrent } = countsOf(way)
      const { latenciesMs } = await calls(lane, kind, sequential, 1)
      const { tookMs } = await calls(lane, kind, concurrent, LANES)
      round[way] = { latencyMs: median(latenciesMs), perSecond: (concurrent / tookMs) * 1000 }
    }
    rounds.push(round)
  }
  return rounds
}

export async function calls(
  { pool, headers }: Lane,
  kind: Kind,
  count: number,
  lanes: number,
): Promise<{ latenciesMs: number[]; tookMs: number }> {
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    ...(kind === 'streamed' ? { stream: true } : {}),
    messages: [
      { role: 'system', content: 'You are a helpful assistant. '.repeat(8) },
      { role: 'user', content: 'Say something short, please. '.repeat(8) },
    ],
  })
  const latenciesMs: number[] = []
  const began = performance.now()
  let left = count
  const one = async () => {
    while (left-- > 0) {
      const start = performance.now()
      const answer = await pool.request({
        path: '/v1/chat/completions',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer bench',
          'x-gameday-tenant': 'birch-legal',
          'x-gameday-feature': 'search',
          ...headers,
        },
        body,
      })
      const text = await answer.body.text()
      latenciesMs.push(performance.now() - start)
      if (answer.statusCode !== 200 || !text.includes('word19'))
        throw new Error(`a bad answer, ${answer.statusCode}: ${text.slice(0, 300)}`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, one))
  return { latenciesMs, tookMs: performance.now() - began }
}

/** Every order is as likely as any other. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
