import { Pool } from 'undici'
import { systemClock } from '../../src/base/index.ts'
import type { Kind } from './judge.ts'

/** One request of a caller, by the caller's own clock. */
export interface Call {
  startMs: number
  endMs: number
  ok: boolean
  /** What the router's headers say of it; null where it had no answer. */
  attempts: number | null
  servedBy: string | null
}

/** The same request to a router whose primary is broken and to one whose primary is not, close to one another. */
export interface Pair {
  kind: Kind
  broken: Call
  whole: Call
}

/** Few enough that simulated providers keep up on a busy machine; the two of a pair take turns in who is first. */
const EVERY_MS = 40
const PAIR_MS = EVERY_MS / 2
/** Longer than a request can take the router. */
const GIVE_UP_MS = 40_000

/** Callers that come at their time, whatever became of those before them. */
export interface Callers {
  /** All pairs of which both are over. */
  readonly pairs: readonly Pair[]
  stop(): Promise<void>
}

/** Starts 25 pairs a second, plain and streamed in turn, until stopped. */
export function startCallers(urls: { broken: string; whole: string }): Callers {
  const pools = { broken: poolOf(urls.broken), whole: poolOf(urls.whole) }
  const pairs: Pair[] = []
  const underway = new Set<Promise<void>>()
  const stopping = new AbortController()

  const pair = async (n: number) => {
    const kind: Kind = n % 2 === 0 ? 'streamed' : 'plain'
    const [first, second] = n % 4 < 2 ? (['broken', 'whole'] as const) : (['whole', 'broken'] as const)
    const early = ask(pools[first], kind)
    await systemClock.sleep(PAIR_MS)
    const late = ask(pools[second], kind)
    const calls = { [first]: await early, [second]: await late } as Record<'broken' | 'whole', Call>
    pairs.push({ kind, ...calls })
  }
  const run = async () => {
    const startMs = systemClock.now()
    for (let n = 0; !stopping.signal.aborted; n++) {
      const one = pair(n).finally(() => underway.delete(one))
      underway.add(one)
      const leftMs = startMs + (n + 1) * EVERY_MS - systemClock.now()
      if (leftMs > 0) await systemClock.sleep(leftMs)
    }
  }
  const running = run()
  return {
    pairs,
    async stop() {
      stopping.abort()
      await running
      await Promise.all(underway)
      await Promise.all(Object.values(pools).map((pool) => pool.destroy()))
    },
  }
}

const poolOf = (url: string) => new Pool(url, { headersTimeout: GIVE_UP_MS, bodyTimeout: GIVE_UP_MS })

async function ask(pool: Pool, kind: Kind): Promise<Call> {
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    stream: kind === 'streamed',
    messages: [{ role: 'user', content: 'Where is my parcel?' }],
  })
  const headers = {
    'content-type': 'application/json',
    'x-gameday-tenant': 'birch-legal',
    'x-gameday-feature': 'search',
  }
  const startMs = systemClock.now()
  try {
    const answer = await pool.request({ path: '/v1/chat/completions', method: 'POST', headers, body })
    const text = await answer.body.text()
    return {
      startMs,
      endMs: systemClock.now(),
      ok: answer.statusCode === 200 && isWhole(kind, text),
      attempts: Number(answer.headers['x-gameday-attempts'] ?? 0),
      servedBy: String(answer.headers['x-gameday-served-by'] ?? ''),
    }
  } catch {
    return { startMs, endMs: systemClock.now(), ok: false, attempts: null, servedBy: null }
  }
}

/** Whether an answer has its finish reason and, as a stream, its last marker. */
function isWhole(kind: Kind, text: string): boolean {
  return /"finish_reason":\s*"stop"/.test(text) && (kind === 'plain' || text.includes('data: [DONE]'))
}
