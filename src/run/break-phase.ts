import { InternalError } from '../base/index.ts'
import { armGate, type BreakPhase, type PlannedPhase } from '../drill/index.ts'
import { createFault } from '../faults/index.ts'
import type { BreakGates } from './break-gates.ts'
import type { RunContext } from './context.ts'
import { applyFailure, FaultRun } from './fault-run.ts'
import { clocksSoFar } from './live.ts'
import type { Prober } from './questions.ts'
import { until } from './until.ts'

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

/** Writes down that a fault is left out, and why. */
export function skip(
  { say }: RunContext,
  { fault: { kind }, target }: BreakPhase,
  fault: number,
  why: { reason: string; by?: 'people' },
): void {
  say({ type: 'fault.skipped', fault, kind, target, ...why })
}

interface Break {
  index: number
  fault: number
  dueMs: number
  probe: Prober
}

/** Applies the phase's fault with its four verbs, and waits for the end of the phase. */
export async function breakIt(
  context: RunContext,
  phase: BreakPhase,
  { index, fault, dueMs, probe }: Break,
): Promise<void> {
  const { input, stage, observations, say, changes, epochMs } = context
  const id = `${input.runTag}-f${fault}`
  const prompt = input.prompts[0]
  if (prompt === undefined) throw new InternalError('a run has no prompts')
  const site = {
    id,
    target: phase.target,
    capMs: phase.cap,
    toxiproxy: stage.toxiproxy,
    toxiproxyWithRun: stage.environment.toxiproxy.kind === 'embedded',
    proxy: stage.proxies[phase.target].name,
    gate: stage.gate,
    gateUrl: stage.gateUrl,
    gateToken: stage.gateToken,
    probe: () => probe(phase.target, prompt, false),
  }
  const run = new FaultRun({
    ticket: { index: fault, phase: index, id, spec: phase.fault, target: phase.target, capMs: phase.cap },
    fault: createFault(site, phase.fault),
    clock: input.clock,
    epochMs,
    say,
    observations,
    changes,
  })
  const first = context.faults.length === 0
  context.faults.push(run)
  try {
    await run.begin(context.ending.signal)
  } catch (error) {
    if (error === context.ending.signal.reason) throw error
    const { code, message, hint } = applyFailure(error)
    // Nothing is broken while its record is not written; after that it may have taken hold, and is undone.
    if (run.planned) say({ type: 'fault.not-proven', fault, reason: message })
    // A process that stood still finds its calls timed out before it hears its watchdog, and that is why it ends.
    const overtaken = changes.overtaken()
    if (overtaken !== null) {
      context.ending.decide({ reason: 'abort', rule: 'watchdog', detail: overtaken })
      return
    }
    const reason = first && !run.planned ? 'not-ready' : 'unproven'
    context.ending.decide({ reason, rule: code, detail: message, hint, cause: error })
    return
  }
  await until(context, dueMs)
}

/** Says why the next fault must not be applied: the system has not come home from the one before. */
export function notRecovered(context: RunContext): string | null {
  const before = context.faults.at(-1)
  if (before === undefined) return null
  if (before.goneMs === null) return 'the fault before it was not proven gone'
  const clocks = clocksSoFar(
    before,
    context.observations,
    context.baseline,
    context.input.drill.objectives.p95,
    context.elapsed(),
  )
  return clocks.failbackMs === null ? `the system had not recovered from ${before.site.kind} in time` : null
}
