import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import type { BenchRow } from './row.ts'

/**
 * What the router costs, against a direct call and against the barest proxy of the same kind (`router-part.ts`).
 *
 * Every part has a process of its own, and all ways are measured in every round, in turning order, so that a busy
 * machine is busy for all of them alike. Only ratios are judged: a millisecond here says nothing about another machine.
 */

const WAYS = ['direct', 'passthrough', 'router'] as const
type Way = (typeof WAYS)[number]
const KINDS = ['plain', 'stream'] as const
type Kind = (typeof KINDS)[number]

/** Calls before anything is measured: by then the compiler has seen what is hot in each part. */
const WARM_UP = 5000
const ROUNDS = 9
const SEQUENTIAL = 250
const CONCURRENT = 1500
const LANES = 16

interface Round {
  /** Median milliseconds of one call after the other. */
  latencyMs: number
  /** Calls a second with sixteen under way. */
  perSecond: number
}

/** Measures the router's added latency and throughput, plain and streamed. */
export async function benchRouter(): Promise<BenchRow[]> {
  const children: ChildProcess[] = []
  const pools: Pool[] = []
  try {
    const upstream = await startPart(children, 'upstream')
    const urls: Record<Way, string> = {
      direct: upstream,
      passthrough: await startPart(children, 'passthrough', upstream),
      router: await startPart(children, 'router', upstream),
    }
    const rows: BenchRow[] = []
    for (const kind of KINDS) {
      const rounds = await measure(kind, urls, pools)
      rows.push(...judge(kind, rounds))
    }
    return rows
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()))
    for (const child of children) child.disconnect()
  }
}

async function measure(kind: Kind, urls: Record<Way, string>, pools: Pool[]): Promise<Record<Way, Round[]>> {
  const rounds: Record<Way, Round[]> = { direct: [], passthrough: [], router: [] }
  const poolOf = (way: Way) => {
    const pool = new Pool(urls[way], { headersTimeout: 0, bodyTimeout: 0 })
    pools.push(pool)
    return pool
  }
  const clients = { direct: poolOf('direct'), passthrough: poolOf('passthrough'), router: poolOf('router') }
  for (const way of WAYS) await calls(clients[way], kind, WARM_UP, LANES)
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < WAYS.length; turn++) {
      const way = WAYS[(round + turn) % WAYS.length] ?? 'direct'
      const { latenciesMs } = await calls(clients[way], kind, SEQUENTIAL, 1)
      const { tookMs } = await calls(clients[way], kind, CONCURRENT, LANES)
      rounds[way].push({ latencyMs: median(latenciesMs), perSecond: (CONCURRENT / tookMs) * 1000 })
    }
  }
  return rounds
}

async function calls(
  pool: Pool,
  kind: Kind,
  count: number,
  lanes: number,
): Promise<{ latenciesMs: number[]; tookMs: number }> {
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    ...(kind === 'stream' ? { stream: true } : {}),
    messages: [
      { role: 'system', content: 'You are a helpful assistant. '.repeat(8) },
      { role: 'user', content: 'Say something short, please. '.repeat(8) },
    ],
  })
  const latenciesMs: number[] = []
  const began = performance.now()
  let left = count
  const lane = async () => {
    while (left-- > 0) {
      const start = performance.now()
      const answer = await pool.request({
        path: '/v1/chat/completions',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      const text = await answer.body.text()
      latenciesMs.push(performance.now() - start)
      if (answer.statusCode !== 200 || !text.includes('word19'))
        throw new Error(`bad answer ${answer.statusCode}: ${text}`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { latenciesMs, tookMs: performance.now() - began }
}

function judge(kind: Kind, rounds: Record<Way, Round[]>): BenchRow[] {
  const latency = (way: Way) => median(rounds[way].map((round) => round.latencyMs))
  const perSecond = (way: Way) => median(rounds[way].map((round) => round.perSecond))
  const added = (way: Way) => latency(way) - latency('direct')
  // Round by round, as the machine may be busier in one than in the next, but is so for every way of that round.
  const addedRatio = ofRounds(rounds, (router, passthrough, direct) => {
    return (router.latencyMs - direct.latencyMs) / (passthrough.latencyMs - direct.latencyMs)
  })
  const throughputRatio = ofRounds(rounds, (router, passthrough) => router.perSecond / passthrough.perSecond)
  const row = (what: string, value: number, unit: string, limit = '-', passed = true): BenchRow => ({
    bench: 'router',
    what: `${kind}, ${what}`,
    value: Number(value.toPrecision(4)),
    unit,
    limit,
    passed,
  })
  return [
    row('direct call, one at a time, median', latency('direct'), 'ms'),
    row('pass-through adds, one at a time, median', added('passthrough'), 'ms'),
    row('router adds, one at a time, median', added('router'), 'ms'),
    row('added latency, router / pass-through', addedRatio, 'ratio', '<= 1.5', addedRatio <= 1.5),
    row('direct call, 16 at a time', perSecond('direct'), '1/s'),
    row('pass-through, 16 at a time', perSecond('passthrough'), '1/s'),
    row('router, 16 at a time', perSecond('router'), '1/s'),
    row('throughput, router / pass-through', throughputRatio, 'ratio', '>= 0.8', throughputRatio >= 0.8),
  ]
}

function ofRounds(
  { router, passthrough, direct }: Record<Way, Round[]>,
  ratio: (router: Round, passthrough: Round, direct: Round) => number,
): number {
  return median(
    router.flatMap((round, at) => {
      const [bare, none] = [passthrough[at], direct[at]]
      return bare === undefined || none === undefined ? [] : [ratio(round, bare, none)]
    }),
  )
}

async function startPart(children: ChildProcess[], part: string, url = ''): Promise<string> {
  const child = fork(fileURLToPath(new URL('router-part.ts', import.meta.url)), [part, url], {
    execArgv: ['--import', 'tsx'],
  })
  children.push(child)
  return new Promise((resolve, reject) => {
    child.once('message', (address: string) => resolve(address))
    child.once('exit', (code) =>
      reject(new Error(`the benchmark's ${part} ended with ${code} before it was ready`)),
    )
    child.once('error', reject)
  })
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
