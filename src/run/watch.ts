import type { RunContext } from './context.ts'
import { faultInForce } from './context.ts'
import { messageOf, type ProviderRole } from '../base/index.ts'
import { mostRequests } from '../drill/index.ts'
import { fires } from './abort-rules.ts'
import type { LiveVitals } from './live.ts'
import { offStage, vendorOutage } from './outside.ts'
import type { StatusBoard } from './status.ts'

const LOOK_MS = 250
const HEALTH_MS = 1000

/**
 * Looks at the running drill four times a second until told to stop: settles samples with the ledger, shows the
 * status, and ends the drill when an abort rule fires. Rules are watched from the first fault to the last one's end.
 */
export async function watch(
  context: RunContext,
  vitals: LiveVitals,
  board: StatusBoard,
  stop: AbortSignal,
): Promise<void> {
  const { input, ending } = context
  const health = toxiproxyHealth(context)
  while (!stop.aborted) {
    try {
      look(context, vitals, board, health.lostMs())
    } catch (error) {
      ending.decide({ reason: 'error', rule: 'watch', detail: messageOf(error), cause: error })
    }
    health.look()
    await input.clock.sleep(LOOK_MS, stop).catch(() => undefined) // Woken because the watch is over.
  }
}

function look(context: RunContext, vitals: LiveVitals, board: StatusBoard, lostMs: number): void {
  const { input, recorder, ending, faults, journalist } = context
  journalist.attempt(() => recorder.settle())
  const status = board.read()
  if (status !== null) input.crew.status(status)
  if (ending.stop !== null) return
  const overspent = overCost(context)
  if (overspent !== null) ending.decide({ reason: 'abort', rule: 'max-cost', detail: overspent })
  const oversent = overLoad(context)
  if (oversent !== null) ending.decide({ reason: 'abort', rule: 'max-requests', detail: oversent })
  const overlong = faults.find((fault) => fault.outlasts(context.elapsed()))
  if (overlong !== undefined) ending.decide({ reason: 'abort', rule: 'cap', detail: overlong.capText })
  if (faults.length === 0 || context.measured) return
  const outside = fromOutside(context)
  if (outside !== null) ending.decide({ reason: 'abort', ...outside })
  const seen = vitals.at(context.elapsed(), faultInForce(context), lostMs)
  for (const rule of input.drill.abort) {
    const why = fires(rule, seen)
    if (why !== null) ending.decide({ reason: 'abort', rule: rule.when, detail: why })
  }
}

/** What ends a drill although neither its faults nor the router are to blame, by the name of its rule. */
function fromOutside(context: RunContext): { rule: string; detail: string } | null {
  const { faults, observations, stage, elapsed } = context
  const handUntilMs = (role: ProviderRole) =>
    Math.max(
      -Infinity,
      ...faults
        .filter(({ byHand, site }) => byHand && site.target === role)
        .map(({ goneMs }) => goneMs ?? Infinity),
    )
  const outage = vendorOutage(observations.attempts, elapsed(), {
    primary: handUntilMs('primary'),
    secondary: handUntilMs('secondary'),
  })
  if (outage !== null) return { rule: 'vendor-outage', detail: outage }
  const fault = faultInForce(context)
  // A router of gameday's own is pointed where it should be.
  if (stage.router.kind === 'embedded' || fault?.site.target !== 'primary' || fault.inForceMs === null)
    return null
  const unseen = offStage(observations.samples, fault.inForceMs)
  return unseen === null ? null : { rule: 'off-stage', detail: unseen }
}

/** Says that the drill has spent more than it may; null while it has not, or where nothing costs money. */
function overCost({ input: { maxCostUsd }, observations }: RunContext): string | null {
  if (maxCostUsd === null) return null
  const { spentUsd } = observations
  return spentUsd > maxCostUsd
    ? `the drill has spent $${spentUsd.toFixed(4)}, over its limit of $${maxCostUsd}`
    : null
}

/** Says that the drill has sent more than it stated beforehand; null while it has not, or where nothing costs money. */
function overLoad({ input, observations: { samples } }: RunContext): string | null {
  const { drill, planned, perSecond, maxCostUsd } = input
  if (maxCostUsd === null) return null
  const most = mostRequests(drill, planned, perSecond)
  return samples.length > most
    ? `the drill has sent ${samples.length} requests, over the ${most} that it stated`
    : null
}

/** Asks Toxiproxy for the primary's proxy once a second; never two questions at a time. `/version` would answer even when it is stuck. */
function toxiproxyHealth({ input: { clock }, stage }: RunContext) {
  let lastOkMs = clock.now()
  let lastAskedMs = -Infinity
  let asking = false
  return {
    /** For how long no question was answered; an answer that is merely due does not count. */
    lostMs: () => Math.max(0, clock.now() - lastOkMs - 2 * HEALTH_MS),
    look: () => {
      if (asking || clock.now() - lastAskedMs < HEALTH_MS) return
      asking = true
      lastAskedMs = clock.now()
      stage.toxiproxy.getProxy(stage.proxies.primary.name).then(
        (proxy) => {
          // A server that was restarted answers well, but knows nothing of this drill any more.
          if (proxy !== null) lastOkMs = clock.now()
          asking = false
        },
        () => {
          asking = false
        },
      )
    },
  }
}
