import { InternalError } from '../base/index.ts'
import {
  armGate,
  strikesOf,
  tenantOf,
  type BreakPhase,
  type PlannedPhase,
  type Strike,
} from '../drill/index.ts'
import { createFault, type RouterSite } from '../faults/index.ts'
import { bypassRouter } from './bypass.ts'
import type { BreakGates } from './break-gates.ts'
import { postpone, struckWith, type RunContext } from './context.ts'
import { applyFailure, FaultRun } from './fault-run.ts'
import { handSite } from './hand-site.ts'
import { clocksSoFar } from './live.ts'
import type { Prober } from './questions.ts'
import { until } from './until.ts'

/** What the gates saw arrives a little after the answer. */
const LEDGER_MS = 1000
const LEDGER_LOOK_MS = 50

interface Armed {
  planned: PlannedPhase
  fault: number
  gates: BreakGates
}

/** Waits for the operator, if there is one, and says what becomes of a fault that is not armed. */
export async function isArmed(
  context: RunContext,
  phase: BreakPhase,
  { planned, fault, gates }: Armed,
): Promise<boolean> {
  const reason = await gates.objectionToArming(phase, planned)
  if (context.ending.stop !== null) throw context.ending.signal.reason
  if (reason === null) return true
  if (context.faults.length === 0)
    context.ending.decide({ reason: 'not-ready', rule: armGate(planned.name), detail: reason })
  else skip(context, phase, fault, { reason, by: 'people' })
  return false
}

/** Writes down that the faults of a phase are left out, and why. */
export function skip(
  { say }: RunContext,
  phase: BreakPhase,
  fault: number,
  why: { reason: string; by?: 'people' },
): void {
  for (const [index, { fault: spec, target }] of strikesOf(phase).entries())
    say({ type: 'fault.skipped', fault: fault + index, kind: spec.kind, target, ...why })
}

interface Break {
  index: number
  /** Number of the phase's first fault. */
  fault: number
  dueMs: number
  probe: Prober
}

/**
 * Applies the phase's faults, each with its four verbs, waits for the end of the phase, and returns when that was. The secondary's comes first:
 * nobody is asked there yet, and the outage begins with the primary's.
 */
export async function breakIt(
  context: RunContext,
  phase: BreakPhase,
  { index, fault, dueMs: plannedDueMs, probe }: Break,
): Promise<number> {
  let dueMs = plannedDueMs
  const runs = strikesOf(phase).map((strike, nth) =>
    faultRun(context, strike, { index, fault: fault + nth, capMs: phase.cap, dueMs, probe }),
  )
  for (const run of runs.toReversed()) if (!(await strike(context, run))) return dueMs
  const last = context.faults.at(-1)
  const planned = context.input.planned[index]
  if (last?.byHand === true && planned !== undefined) dueMs = postpone(context, dueMs, planned.plannedMs)
  await Promise.all([
    until(context, dueMs),
    ...(last === undefined ? [] : [bypassRouter(context, phase, last, planned?.name ?? '')]),
  ])
  return dueMs
}

function faultRun(
  context: RunContext,
  { fault: spec, target }: Strike,
  { index, fault, capMs, dueMs, probe }: Omit<Break, 'dueMs'> & { capMs: number; dueMs: number },
): FaultRun {
  const { input, stage, observations, say, changes, epochMs } = context
  const id = `${input.runTag}-f${fault}`
  const tenant = tenantOf(spec)
  // What is to be proven gone has to be asked for by whom it hit.
  const prompt = input.prompts.find((one) => tenant === null || one.tenant === tenant)
  if (prompt === undefined) throw new InternalError('a run has no prompts')
  // A killed router is bypassed to the primary.
  const provider = target === 'router' ? 'primary' : target
  const site = {
    id,
    target: provider,
    capMs,
    toxiproxy: stage.toxiproxy,
    stageWithRun: stage.withRun,
    // Without a key the gate refuses it by itself: no provider is asked, and nothing is billed.
    through: stage.withRun ? null : `${stage.proxies[provider].url}/models`,
    toxiproxyKind: stage.environment.toxiproxy.kind,
    proxy: stage.proxies[provider].name,
    gate: stage.gate,
    gateUrl: stage.gateUrl,
    gateToken: stage.gateToken,
    probe: () => probe(provider, prompt, false),
    hand: handSite(context, { fault, target: provider, untilMs: epochMs + dueMs }),
    ...routerSite(context, () => probe('router', prompt, false)),
    clock: input.clock,
    permit: changes.permit,
    undoByPlan: () => changes.undo(id),
  }
  return new FaultRun({
    ticket: { index: fault, phase: index, id, spec, target, tenant, capMs },
    fault: createFault(site, spec),
    clock: input.clock,
    epochMs,
    say,
    observations,
    changes,
  })
}

/** The run's own router; nothing where it is somebody else's. */
function routerSite(
  { stage: { router }, observations, input: { clock } }: RunContext,
  probe: RouterSite['probe'],
): { router?: RouterSite } {
  const { hands, url } = router
  if (hands === undefined) return {}
  return {
    router: {
      url,
      hands,
      probe,
      servedBy: async (requestId) => {
        const asked = () => observations.attempts.findLast((attempt) => attempt.requestId === requestId)
        for (let left = LEDGER_MS; left > 0 && asked() === undefined; left -= LEDGER_LOOK_MS)
          await clock.sleep(LEDGER_LOOK_MS)
        return asked()?.provider ?? null
      },
    },
  }
}

/** Puts one fault in force; says why the drill ends, and returns false, if it cannot. */
async function strike(context: RunContext, run: FaultRun): Promise<boolean> {
  const { say, changes } = context
  const first = context.faults.length === 0
  context.faults.push(run)
  try {
    await run.begin(context.ending.signal)
    return true
  } catch (error) {
    if (error === context.ending.signal.reason) throw error
    const { code, message, hint } = applyFailure(error)
    // Nothing is broken while its record is not written; after that it may have taken hold, and is undone.
    if (run.planned) say({ type: 'fault.not-proven', fault: run.number, reason: message })
    // A process that stood still finds its calls timed out before it hears its watchdog, and that is why it ends.
    const overtaken = changes.overtaken()
    if (overtaken !== null) {
      context.ending.decide({ reason: 'abort', rule: 'watchdog', detail: overtaken })
      return false
    }
    const reason = first && !run.planned ? 'not-ready' : 'unproven'
    context.ending.decide({ reason, rule: code, detail: message, hint, cause: error })
    return false
  }
}

/** Says why the next fault must not be applied: the system has not come home from the one before. */
export function notRecovered(context: RunContext): string | null {
  const before = context.faults.at(-1)
  if (before === undefined) return null
  if (struckWith(context, before).some(({ goneMs }) => goneMs === null))
    return 'the fault before it was not proven gone'
  const clocks = clocksSoFar(
    before,
    context.observations,
    context.baseline,
    context.input.drill.objectives.p95,
    context.elapsed(),
    struckWith(context, before).length > 1,
  )
  return clocks.failbackMs === null ? `the system had not recovered from ${before.site.kind} in time` : null
}
