import { InternalError, systemClock } from '../../src/base/index.ts'
import { configSchema } from '../../src/config/index.ts'
import type { FaultSpec } from '../../src/drill/index.ts'
import { createFault } from '../../src/faults/index.ts'
import { startStage, type Stage } from '../../src/stage/index.ts'
import type { BenchRow } from '../row.ts'
import { startCallers, type Callers } from './callers.ts'
import { judgeOutage, type Outage } from './outage.ts'
import type { Serving } from './process.ts'
import { serveRouter } from './served.ts'

const FAULTS: Record<string, FaultSpec> = {
  'revoked key': { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 },
  refused: { kind: 'refused' },
  'black hole': { kind: 'black-hole', share: 1 },
  'slow first token': { kind: 'slow-first-token', delay: 8000, share: 1 },
}
/** Between two faults: longer than the circuit keeps a relapse in mind, which is `probeEvery`, 5 s. */
const SETTLE_MS = 7000
/** Three probes or so. */
const HOLD_MS = 16_000
/** Longest to wait for the way home, and how long all must be there. */
const HOME_MS = 20_000
const STAY_MS = 1000
/** Longest to wait until everything is warm, and at home, before a fault. */
const QUIET_MS = 60_000

/**
 * Measures what failing over costs, from four faults of the product's own, made by its gate and its Toxiproxy.
 *
 *     callers --+--> router of the outage ----> primary (broken), secondary
 *               '--> router beside it --------> secondary, as its primary
 *
 * Both are `gameday serve router` as it comes, and every answer comes from the same simulated provider: what differs is
 * the failover alone. Callers come at their times, whatever became of those before.
 */
export async function benchFailover(): Promise<BenchRow[]> {
  const routers: Serving[] = []
  const stage = await startStage({
    config: configSchema.parse({ version: 1, providers: { primary: steady(1), secondary: steady(2) } }),
    realKeys: {},
    runTag: 'bench',
    seed: 1,
    clock: systemClock,
    // On a Toxiproxy of its own, which ends with it: there is nothing to be undone by anybody else.
    changes: { begin: () => ({ made: () => undefined, undo: () => Promise.resolve() }) },
    makeRouter: async ([primary, secondary]) => {
      if (primary === undefined || secondary === undefined)
        throw new InternalError('a stage has two providers')
      routers.push(await serveRouter({ primary, secondary }))
      routers.push(await serveRouter({ primary: secondary, secondary }))
      const stop = async () => void (await Promise.all(routers.map((router) => router.stop())))
      return { kind: 'external', url: routers[0]?.url ?? '', key: 'bench', stop }
    },
    standing: null,
    onAttempt: () => undefined,
    onDeath: (error) => {
      throw error
    },
    onStageLost: () => undefined,
  })
  const [broken, whole] = routers.map(({ url }) => url)
  const callers = startCallers({ broken: broken ?? '', whole: whole ?? '' })
  try {
    const outages: Outage[] = []
    for (const [name, spec] of Object.entries(FAULTS)) outages.push(await hold(name, spec, stage, callers))
    return outages.flatMap(judgeOutage)
  } finally {
    await callers.stop()
    await stage.stop()
  }
}

/** Keeps one fault in force for its time, and sees the callers home. */
async function hold(name: string, spec: FaultSpec, stage: Stage, { pairs }: Callers): Promise<Outage> {
  await systemClock.sleep(SETTLE_MS)
  if (!(await untilHome(pairs, systemClock.now(), QUIET_MS)))
    throw new Error(`the machine is too busy to measure: not all callers are at home before "${name}"`)
  const from = pairs.length
  const { toxiproxy, gate, gateUrl, gateToken, proxies } = stage
  const id = `bench-${spec.kind}`
  const fault = createFault(
    {
      id,
      target: 'primary',
      capMs: 2 * HOLD_MS,
      toxiproxy,
      toxiproxyKind: 'embedded',
      stageWithRun: true,
      through: null,
      proxy: proxies.primary.name,
      gate,
      gateUrl,
      gateToken,
      probe: () => Promise.reject(new InternalError('the bench looks at its callers alone')),
      clock: systemClock,
      permit: () => undefined,
      undoByPlan: async () => void (await toxiproxy.removeToxic(proxies.primary.name, id)),
    },
    spec,
  )
  const askedMs = systemClock.now()
  await fault.apply()
  await fault.readBack()
  await systemClock.sleep(HOLD_MS)
  const revertedMs = systemClock.now()
  await fault.revert()
  await untilHome(pairs, revertedMs, HOME_MS)
  return { fault: name, pairs: pairs.slice(from), askedMs, revertedMs }
}

/** Waits until the primary has served everybody for a while; false if it has not within `mostMs`. */
async function untilHome(pairs: Callers['pairs'], fromMs: number, mostMs: number): Promise<boolean> {
  while (systemClock.now() < fromMs + mostMs) {
    await systemClock.sleep(STAY_MS / 4)
    const sinceMs = systemClock.now() - STAY_MS
    const last = pairs.filter(({ broken }) => broken.startMs >= sinceMs)
    const all = last.length > 0 && last.every(({ broken }) => broken.ok && broken.servedBy === 'primary')
    if (all && sinceMs >= fromMs) return true
  }
  return false
}

/** A provider that always takes the same time, so that what differs is not which delays were drawn. */
const steady = (n: number) => ({
  kind: 'simulated',
  name: `bench-${n}`,
  model: 'gpt-4o-mini',
  firstToken: { p50: '20ms', p95: '20ms' },
  interToken: { p50: '0ms', p95: '0ms' },
  outputTokens: { least: 8, most: 8 },
})
