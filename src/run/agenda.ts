import { routingOf } from '../config/index.ts'
import { CREW_ROLES, messageOf } from '../base/index.ts'
import { GO_NO_GO, linesOf, type Phase } from '../drill/index.ts'
import { postpone, struckWith, type RunContext } from './context.ts'
import { UNDO_MS } from './changes.ts'
import { agreeOnNext, debrief } from './debrief.ts'
import { breakGates } from './break-gates.ts'
import { breakIt, isArmed, notRecovered, skip } from './break-phase.ts'
import { until } from './until.ts'
import { askGate } from './gates.ts'
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
  const gates = breakGates(context)
  const lastMeasured = input.planned.findLastIndex(({ kind }) => kind === 'restore')
  let skipping = false
  let dueMs = context.elapsed()

  for (const [index, planned] of input.planned.entries()) {
    if (ending.stop !== null) return
    const { kind, name, plannedMs, phase } = planned
    if (phase.phase === 'break') {
      const fault = planned.fault ?? 0
      const reason = phase.skipIfNotRecovered ? notRecovered(context) : null
      const objection = reason === null ? gates.objection() : null
      skipping = reason !== null || objection !== null
      if (skipping) gates.withdraw()
      if (reason !== null) skip(context, phase, fault, { reason })
      else if (objection !== null) skip(context, phase, fault, { reason: objection, by: 'people' })
    }
    if (skipping && (kind === 'break' || kind === 'restore')) {
      if (index === lastMeasured) endLoad(context)
      continue
    }

    dueMs += plannedMs
    const startMs = context.elapsed()
    progress.push({ index, name, kind, startMs, endMs: dueMs })
    say({ type: 'phase.started', index, name, kind, plannedMs }, startMs)
    // What is said of a break is true only when it is armed.
    if (kind !== 'break') sayLines(context, phase)
    const next = input.planned[index + 1]
    if (next !== undefined && kind !== 'restore') gates.prepare(next, dueMs)

    try {
      switch (phase.phase) {
        case 'baseline':
          await baseline(context, dueMs, probe)
          break
        case 'go-no-go':
          await goNoGo(context, dueMs)
          break
        case 'break':
          skipping = !(await isArmed(context, phase, { planned, fault: planned.fault ?? 0, gates }))
          if (skipping) {
            dueMs = context.elapsed()
            break
          }
          sayLines(context, phase)
          gates.askForAlert(planned, dueMs)
          dueMs = await breakIt(context, phase, { index, fault: planned.fault ?? 0, dueMs, probe })
          break
        case 'restore':
          dueMs = await restore(context, dueMs, plannedMs, (homeMs) => {
            gates.askIfClear(planned, homeMs)
            if (next !== undefined) gates.prepare(next, homeMs)
          })
          break
        case 'debrief':
          await debrief(context, dueMs)
          await until(context, dueMs)
          break
        case 'close':
          await agreeOnNext(context, dueMs)
          await until(context, dueMs)
          break
        case 'brief':
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

/** Gives each role what it says or does in this phase; where nobody is there, only what the drill itself writes. */
function sayLines({ say, input }: RunContext, phase: Phase): void {
  const lines = input.crew.there ? linesOf(phase) : phase
  for (const role of CREW_ROLES) for (const text of lines[role] ?? []) say({ type: 'said', role, text })
}

/** Lets the answers under way come in while the people talk; whoever ends the run waits for the figures. */
function endLoad(context: RunContext): void {
  const { load, input, ending } = context
  context.measured = true
  context.drained = load.end(input.drill.load.timeout + DRAIN_SLACK_MS).then(
    () => undefined,
    (error: unknown) =>
      ending.decide({ reason: 'error', rule: 'load', detail: messageOf(error), cause: error }),
  )
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
    ...steadyState(
      input.drill,
      observations.samples,
      observations.attempts,
      planned,
      routingOf(input.config),
    ),
    secondaryAnswers(await asked),
  ]
  for (const check of checks) say({ type: 'check', ...check })
  const failed = checks.find(({ passed }) => !passed)
  if (failed !== undefined)
    context.ending.decide({ reason: 'not-ready', rule: failed.check, detail: failed.detail })
}

async function goNoGo(context: RunContext, dueMs: number): Promise<void> {
  const name = GO_NO_GO
  const { bill, maxCostUsd } = context.input
  const money =
    bill === undefined || maxCostUsd === null
      ? ''
      : ` The drill sends ${bill}; at $${maxCostUsd.toFixed(2)} it stops.`
  const decided = await askGate(context, {
    name,
    role: 'lead',
    text: `Any real incident, any doubt? Do we break it?${money}`,
    words: ['go', 'no-go'],
    phrase: null,
    default: 'no-go',
    deadlineMs: dueMs,
  })
  if (decided?.decision === 'no-go')
    context.ending.decide({
      reason: 'not-ready',
      rule: name,
      detail: `${decided.who ?? `the ${decided.by}`}: ${decided.reason}`,
    })
  await until(context, dueMs)
}

/** Undoes what the phase before broke, and returns when this phase ends: later, where a hand was waited for. */
async function restore(
  context: RunContext,
  plannedDueMs: number,
  plannedMs: number,
  onGone: (dueMs: number) => void,
): Promise<number> {
  let dueMs = plannedDueMs
  const { ending } = context
  const last = context.faults.at(-1)
  if (last !== undefined) {
    // The last one first; but none stays in force because another cannot be proven gone.
    const faults = struckWith(context, last).toReversed()
    const end = (why: 'agenda' | 'abort', deadlineMs: number) =>
      Promise.all(faults.map((fault) => fault.end(why, fault.undoMs(deadlineMs))))
    // Whoever stops the drill now does not want to wait for the end of the phase.
    const hurry = () => void end('abort', UNDO_MS)
    ending.signal.addEventListener('abort', hurry, { once: true })
    if (ending.signal.aborted) hurry()
    const gone = await end('agenda', Math.max(1000, dueMs - context.elapsed()))
    ending.signal.removeEventListener('abort', hurry)
    if (last.byHand) dueMs = postpone(context, dueMs, plannedMs)
    if (!gone.includes(false)) onGone(dueMs)
    else
      ending.decide({
        reason: context.changes.overtaken() === null ? 'unproven' : 'abort',
        rule: 'rollback-failed',
        detail: 'the fault could not be proven gone',
      })
  }
  await until(context, dueMs)
  return dueMs
}
