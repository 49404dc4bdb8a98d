import { readFileSync } from 'node:fs'
import { systemClock } from '../../src/base/index.ts'
import { parsePrompts, startLoad } from '../../src/load/index.ts'
import { bareLoad } from './bare.ts'
import type { LoadOrder, LoadReport, Seen } from './messages.ts'

/** The load generator in a process of its own: does what it is told once, reports, and ends. */

const PROMPTS = new URL('../../drills/prompts.yaml', import.meta.url)

async function gamedayLoad({ url, perSecond, forMs, seed }: LoadOrder): Promise<LoadReport> {
  const seen: Seen[] = []
  const endpoint = { url, key: 'bench' }
  const load = startLoad({
    runTag: 'bench',
    // Times from the clock's own zero are absolute, and comparable with the server's.
    epochMs: 0,
    perSecond,
    arrivals: 'uniform',
    seed,
    streams: 0.6,
    controlShare: 0,
    timeoutMs: 10_000,
    prompts: parsePrompts(readFileSync(PROMPTS, 'utf8'), 'prompts.yaml'),
    model: 'known',
    router: endpoint,
    primary: endpoint,
    clock: systemClock,
    onSample: ({ id, intendedMs, startedMs, endMs, outcome }) =>
      void seen.push({ id, intendedMs, startedMs, endMs, ok: outcome === 'ok' }),
  })
  await systemClock.sleep(forMs)
  const { offered, dropped, dispatchLagP99Ms, loopDelayP99Ms } = await load.stop(10_000)
  return { type: 'report', offered, dropped, dispatchLagP99Ms, loopDelayP99Ms, seen }
}

process.once('message', (order: LoadOrder) => {
  const run = order.kind === 'gameday' ? gamedayLoad : bareLoad
  void run(order).then((report) => process.send?.(report, () => process.disconnect()))
})
