import { InternalError, CREW_ROLES, messageOf } from '../base/index.ts'
import type { BreakPhase } from '../drill/index.ts'
import { createFault } from '../faults/index.ts'
import type { RunContext } from './context.ts'
import { UNDO_MS } from './changes.ts'
import { applyFailure, FaultRun } from './fault-run.ts'
import { clocksSoFar } from './live.ts'
import { classesOf, prober, type Prober } from './questions.ts'
import { secondaryAnswers, steadyState } from './readiness.ts'

/** The load drains at most this much longer than the client's own patience. */
const DRAIN_SLACK_MS = 500

/**
 * Walks the agenda on the clock. Phases begin when the one before them was planned to end, so that a drill of thirty
 * minutes takes thirty minutes, and fewer when phases are skipped. Returns when the agenda is over or the run
 * is stopped.
 */
export async function walkAgenda(context: RunContext): Promise<void> {
  const { input, ending, say, progress } = context
  const probe = prober(context)
  const lastMeasured = input.planned.findLastIndex(({ kind }) => kind === 'restore')
  let skipping = false
  let breaks = 0
  let dueMs = context.elapsed()

  for (const [index, planned] of input.planned.entries()) {
    if (ending.stop !== null) return
    const { kind, name, plannedMs, phase } = planned
    if (phase.phase === 'break') {
      const fault = breaks++
      const reason = phase.skipIfNotRecovered ? notRecovered(context) : null
      skipping = reason !== null
      if (reason !== null)
        say({ type: 'fault.skipped', fault, kind: phase.fault.kind, target: phase.target, reason })
    }
    if (skipping && (kind === 'break' || kind === 'restore')) {
      if (index === lastMeasured) endLoad(context)
      continue
    }

    dueMs += plannedMs
    const startMs = context.elapsed()
    progress.push({ index, name, kind, startMs, endMs: dueMs })
    say({ type: 'phase.started', index, name, kind, plannedMs }, startMs)
    for (const role of CREW_ROLES) for (const text of phase[role] ?? []) say({ type: 'said', role, text })

    try {
      switch (phase.phase) {
        case 'baseline':
          await baseline(context, dueMs, probe)
          break
        case 'go-no-go':
          await goNoGo(context, dueMs)
          break
        case 'break':
          await breakIt(context, phase, { index, fault: breaks - 1, dueMs, probe })
          break
        case 'restore':
          await restore(context, dueMs)
          break
        case 'brief':
        case 'debrief':
        case 'close':
          await until(context, dueMs)
      }
    } catch (error) {
      // Woken by the ending: whoever decided it has said why.
      if (error !== ending.signal.reason) throw error
    }
    say({ type: 'phase.ended', index, name, kind }, Math.min(context.elapsed(), dueMs))
    if (index === lastMeasured) endLoad(context)
  }
}

/** Waits for a moment of the drill's clock; throws the stop when the run ends first. */
async function until({ input: { clock }, ending, elapsed }: RunContext, atMs: number): Promise<void> {
  if (ending.signal.aborted) throw ending.signal.reason
  // A timer may go off up to a millisecond early.
  for (let left = atMs - elapsed(); left > 0; left = atMs - elapsed())
    await clock.sleep(Math.ceil(left), ending.signal)
}

/** Lets the answers under way come in while the people talk; whoever ends the run waits for the figures. */
function endLoad(context: RunContext): void {
  const { load, input, ending } = context
  context.measured = true
  load.end(input.drill.load.timeout + DRAIN_SLACK_MS).catch((error: unknown) => {
    ending.decide({ reason: 'error', rule: 'load', detail: messageOf(error), cause: error })
  })
}

async function baseline(context: RunContext, dueMs: number, probe: Prober): Promise<void> {
  const { input, say, load, observations } = context
  const startMs = context.elapsed()
  context.loadSinceMs = startMs
  load.begin(context.epochMs)
  const asked = Promise.all(
    classesOf(input.prompts).map(async ({ class: name, prompt, stream }) => ({
      class: name,
      answer: await probe('secondary', prompt, stream),
    })),
  )
  await until(context, dueMs)
  context.baseline = { fromMs: startMs, toMs: context.elapsed() }
  context.recorder.settle()
  const planned = { perSecond: input.perSecond, lengthMs: context.baseline.toMs - startMs }
  const checks = [
    ...steadyState(input.drill, observations.samples, observations.attempts, planned),
    secondaryAnswers(await asked),
  ]
  for (const check of checks) say({ type: 'check', ...check })
  const failed = checks.find(({ passed }) => !passed)
  if (failed !== undefined)
    context.ending.decide({ reason: 'not-ready', rule: failed.check, detail: failed.detail })
}

async function goNoGo(context: RunContext, dueMs: number): Promise<void> {
  const { input, say, ending } = context
  const question = {
    gate: 'go / no-go',
    role: 'lead',
    text: 'Break it?',
    default: 'no-go',
    deadlineMs: dueMs - context.elapsed(),
  } as const
  const { decision, by, who, reason } = await input.crew.decide(question, ending.signal)
  say({ type: 'gate.decided', gate: question.gate, decision, by, who, reason })
  if (decision === 'no-go')
    context.ending.decide({ reason: 'not-ready', rule: question.gate, detail: reason })
  await until(context, dueMs)
}

interface Break {
  index: number
  fault: number
  dueMs: number
  probe: Prober
}

async function breakIt(
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

async function restore(context: RunContext, dueMs: number): Promise<void> {
  const { ending } = context
  const fault = context.faults.at(-1)
  if (fault !== undefined) {
    // Whoever stops the drill now does not want to wait for the end of the phase.
    const hurry = () => void fault.end('abort', UNDO_MS)
    ending.signal.addEventListener('abort', hurry, { once: true })
    if (ending.signal.aborted) hurry()
    const gone = await fault.end('agenda', Math.max(1000, dueMs - context.elapsed()))
    ending.signal.removeEventListener('abort', hurry)
    if (!gone)
      ending.decide({
        reason: context.changes.overtaken() === null ? 'unproven' : 'abort',
        rule: 'rollback-failed',
        detail: 'the fault could not be proven gone',
      })
  }
  await until(context, dueMs)
}

/** Says why the next fault must not be applied: the system has not come home from the one before. */
function notRecovered(context: RunContext): string | null {
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
