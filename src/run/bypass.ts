import { bypassGate, type BreakPhase } from '../drill/index.ts'
import type { EventOf } from '../record/index.ts'
import type { RunContext } from './context.ts'
import type { FaultRun } from './fault-run.ts'
import { askGate } from './gates.ts'
import { until } from './until.ts'

/**
 * Opens the way out of a killed router: once the operator says so, or at its time, it comes back on its port with
 * BYPASS_ROUTER=true. Where nobody is there the script's hand does it at that time. Does nothing in a phase whose router
 * is well, or when the drill ends before it.
 */
export async function bypassRouter(
  context: RunContext,
  { fault }: BreakPhase,
  run: FaultRun,
  phase: string,
): Promise<void> {
  const { hands } = context.stage.router
  if (fault.kind !== 'router-killed' || hands === undefined || run.inForceMs === null) return
  const by = await decidedBy(context, phase, run.inForceMs + fault.bypassAfter)
  // What restores it may have come first.
  if (by === null || run.revertingMs !== null || context.ending.stop !== null) return
  await hands.start('primary')
  context.say({ type: 'router.bypassed', provider: 'primary', ...by })
}

async function decidedBy(
  context: RunContext,
  phase: string,
  deadlineMs: number,
): Promise<Pick<EventOf<'router.bypassed'>, 'by' | 'who'> | null> {
  if (!context.input.crew.there) {
    await until(context, deadlineMs)
    return { by: 'script', who: null }
  }
  const decided = await askGate(context, {
    name: bypassGate(phase),
    role: 'operator',
    text: 'The router is dead. Start it again with BYPASS_ROUTER=true?',
    words: ['go', 'no-go'],
    phrase: 'bypass',
    default: 'go',
    deadlineMs,
  })
  return decided?.decision === 'go' ? { by: decided.by, who: decided.who } : null
}
