import { GamedayError, messageOf, withDeadline, type Clock } from '../base/index.ts'
import { embeddedRouterOf } from '../config/index.ts'
import { tenantsStruck } from '../drill/index.ts'
import {
  embeddedRouter,
  stageLoad,
  startStage,
  type LoadPartData,
  type Stage,
  type StagedLoad,
} from '../stage/index.ts'
import { walkAgenda } from './agenda.ts'
import { openContext, type RunContext } from './context.ts'
import { createEnding, type Ending, type Stop } from './ending.ts'
import { claimFolder } from './folder.ts'
import type { Interruption, RunEnding, RunInput } from './input.ts'
import { liveVitals } from './live.ts'
import { pathReady } from './path-ready.ts'
import { peopleHands } from './people.ts'
import { raiseSafeguards, type Safeguards } from './safeguards.ts'
import { startedEvent } from './started.ts'
import { statusBoard } from './status.ts'
import { letOut, putBack, takeDown } from './take-down.ts'
import { watch } from './watch.ts'

/** Longest wait for terminals that are to close. */
const TERMINALS_MS = 2000

/**
 * Runs a drill from its first phase to the proof that nothing is broken, and leaves its records in `input.dir`.
 *
 *     folder -> safeguards -> stage -> load -> records -> agenda + watch -> undo -> let the load out -> take down
 *
 * However it ends, faults are undone first and everything it started is taken down last. Throws what kept the stage
 * from coming up: nothing was broken then, and nothing is left running.
 */
export async function runDrill(input: RunInput): Promise<RunEnding> {
  const folder = claimFolder(input.dir)
  let context: RunContext | null = null
  const ending = createEnding((stop) => announce(context, stop))
  const interrupt = () => interruptedBy(input.signal.reason as Interruption, ending)
  input.signal.addEventListener('abort', interrupt, { once: true })
  let safeguards: Safeguards | null = null
  try {
    safeguards = await raiseSafeguards(input, ending)
    context = await bringUp(input, safeguards, ending, () => context)
    const entries = await play(context, safeguards)
    return { dir: input.dir, ...entries }
  } finally {
    await safeguards?.release()
    if (context === null) folder.release()
    input.signal.removeEventListener('abort', interrupt)
    await quickly(input.clock, () => input.crew.close())
  }
}

/** Puts the moving parts together and opens the records. The parts' reports reach the context once it is there. */
async function bringUp(
  input: RunInput,
  { changes }: Safeguards,
  ending: Ending,
  context: () => RunContext | null,
): Promise<RunContext> {
  const onDeath = (error: Error) =>
    ending.decide({ reason: 'error', rule: 'part-died', detail: messageOf(error), cause: error })
  const { config, clock, bypass } = input
  const stage = await startStage({
    config,
    realKeys: input.realKeys,
    runTag: input.runTag,
    seed: input.seed,
    clock,
    changes,
    standing: input.standing ?? null,
    makeRouter:
      input.makeRouter ??
      embeddedRouter({
        config: embeddedRouterOf(config),
        bypass,
        seed: input.seed,
        onEvent: ({ atMs, ...event }) => context()?.takeCircuit({ ...event, type: 'router.circuit' }, atMs),
        onDeath,
      }),
    onAttempt: (attempt) => context()?.takeAttempt(attempt),
    onDeath,
    onStageLost: (error) =>
      ending.decide({ reason: 'abort', rule: 'lost-stage', detail: messageOf(error), cause: error }),
  })
  let load: StagedLoad | null = null
  try {
    load = await stageLoad({
      data: loadPlan(input, stage),
      onSample: (observed) => context()?.takeSample(observed),
      onDeath,
    })
    return openContext(input, { stage, load, changes, ending })
  } catch (error) {
    await load?.stop()
    await stage.stop()
    throw error
  }
}

/** Walks the agenda under watch, then puts everything back. */
async function play(context: RunContext, safeguards: Safeguards): Promise<Omit<RunEnding, 'dir'>> {
  const { input, stage, say, ending, observations, recorder, journalist } = context
  const vitals = liveVitals(input.drill, observations)
  const board = statusBoard(context)
  const watching = new AbortController()
  say(startedEvent(input, stage), 0)
  for (const confirmed of input.rollCall) say(confirmed, 0)
  input.crew.begin(peopleHands(context))
  safeguards.announce(say, context.epochMs)
  if (input.signal.aborted) interruptedBy(input.signal.reason as Interruption, ending)

  const watcher = watch(context, vitals, board, watching.signal)
  try {
    await pathReady(context)
    if (ending.stop === null) await walkAgenda(context)
  } catch (error) {
    ending.decide({ reason: 'error', rule: 'internal', detail: messageOf(error), cause: error })
  }
  await putBack(context)
  await letOut(context)
  watching.abort()
  await watcher
  const remains = await takeDown(context)
  // Whoever is in the middle of a note can still hand it in.
  await quickly(input.clock, () => input.crew.finish())
  context.over = true
  const { stop } = ending
  say({
    type: 'run.ended',
    reason: stop?.reason ?? 'agenda',
    detail: stop === null ? 'the agenda was walked to its end' : `${stop.rule}: ${stop.detail}`,
  })
  journalist.attempt(() => recorder.close())
  return { ...remains, recordsFailure: journalist.failure }
}

/** Waits for the people's terminals no longer than a moment: a drill ends, whatever they do. */
async function quickly(clock: Clock, work: () => Promise<void>): Promise<void> {
  await withDeadline(clock, TERMINALS_MS, 'a terminal did not close', work).catch(() => undefined)
}

function loadPlan(input: RunInput, stage: Stage): LoadPartData {
  const { model, format, headers } = stage.router.access ?? {}
  const { primary } = input.config.providers
  const { arrivals, streams, controlShare, timeout } = input.drill.load
  return {
    runTag: input.runTag,
    perSecond: input.perSecond,
    arrivals,
    seed: input.seed,
    streams,
    controlShare,
    timeoutMs: timeout,
    prompts: input.prompts,
    watched: tenantsStruck(input.drill),
    model: model ?? primary.model,
    router: {
      url: stage.router.url,
      key: stage.router.key,
      ...(format === undefined ? {} : { format }),
      ...(headers === undefined ? {} : { headers }),
    },
    primary: {
      url: stage.proxies.primary.url,
      key: stage.keys.primary,
      format: primary.format,
      model: primary.model,
    },
  }
}

function interruptedBy({ by, detail, cause }: Interruption, ending: Ending): void {
  const reason = by === 'crash' ? 'error' : by === 'signal' ? 'signal' : 'abort'
  ending.decide({ reason, rule: by, detail, cause })
}

/** Writes down why the drill ends before its agenda does. */
function announce(context: RunContext | null, { reason, rule, detail, who, hint, cause }: Stop): void {
  if (context === null) return
  if (reason === 'abort' || reason === 'signal') {
    const by = reason === 'signal' ? 'signal' : rule === 'person' || rule === 'script' ? rule : 'rule'
    context.say({ type: 'abort', rule, reason: detail, by, ...(who === undefined ? {} : { who }) })
  } else if (cause !== undefined) {
    const code = cause instanceof GamedayError ? cause.code : reason === 'error' ? 'INTERNAL' : rule
    context.say({
      type: 'error',
      code,
      message: detail,
      hint: hint ?? (cause instanceof GamedayError ? (cause.hint ?? null) : null),
    })
  }
}
