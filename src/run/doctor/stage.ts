import { EXIT, GamedayError, messageOf, type ProviderRole } from '../../base/index.ts'
import { embeddedRouterOf, type Config, type RouterAccess } from '../../config/index.ts'
import {
  embeddedRouter,
  externalRouter,
  startStage,
  type AttachedStage,
  type Stage,
} from '../../stage/index.ts'
import { createEnding, type Stop } from '../ending.ts'
import type { Interruption } from '../input.ts'
import { raiseSafeguards } from '../safeguards.ts'
import { lackOf } from './lack.ts'
import type { ExamineInput, Finding, Tell } from './types.ts'

const ABOUT = { part: 'stage', check: 'stage' } as const

export interface StageWork {
  config: Config
  realKeys: Partial<Record<ProviderRole, string>>
  standing: AttachedStage | null
  /** Null for the embedded router. */
  access: RouterAccess | null
}

/**
 * Puts the parts of the way together as a drill would, under the same safeguards, and takes them down again, whatever
 * becomes of the work. What keeps them from coming up is told as a lack.
 *
 * @throws GamedayError `DOCTOR_STOPPED` when somebody wants it to end
 */
export async function onStage(
  input: ExamineInput,
  { config, realKeys, standing, access }: StageWork,
  tell: Tell,
  work: (stage: Stage, tell: Tell) => Promise<void>,
): Promise<void> {
  const { runId, seed, clock, stateFolder, signal } = input
  const ending = createEnding(() => undefined)
  /** A part has died, or a stage that stood is gone. */
  const end = (detail: string) => ending.decide({ reason: 'abort', rule: 'doctor', detail })
  const interrupt = () => {
    const { by, detail } = signal.reason as Interruption
    ending.decide({ reason: by === 'crash' ? 'error' : 'signal', rule: by, detail })
  }
  if (signal.aborted) interrupt()
  const before: Stop | null = ending.stop
  if (before !== null) throw stopped(before)
  const safeguards = await raiseSafeguards(
    {
      runId,
      seed,
      clock,
      stateFolder,
      config,
      ...(standing === null ? {} : { standing }),
      drill: { name: 'doctor' },
      // It writes no records: what a dead one left is told by whoever undoes it.
      dir: `${stateFolder}/doctor-${runId}`,
      crewSocket: null,
    },
    ending,
  ).catch((error: unknown) => tell(lackOf(error, ABOUT.part, ABOUT.check)))
  if (safeguards === undefined) return
  signal.addEventListener('abort', interrupt, { once: true })
  let stage: Stage | null = null
  try {
    stage = await startStage({
      config,
      realKeys,
      runTag: runId,
      seed,
      clock,
      changes: safeguards.changes,
      standing,
      makeRouter:
        access === null
          ? embeddedRouter({
              config: embeddedRouterOf(config),
              bypass: null,
              seed,
              onEvent: () => undefined,
              onDeath: ({ message }) => end(message),
            })
          : externalRouter(access),
      onAttempt: () => undefined,
      onDeath: ({ message }) => end(message),
      onStageLost: ({ message }) => end(message),
    }).catch((error: unknown) => {
      tell(notUp(error))
      return null
    })
    // What is taken down under its hands is no lack.
    const unlessStopped: Tell = (finding) => (ending.stop === null ? tell(finding) : undefined)
    if (stage !== null) await orStopped(work(stage, unlessStopped), ending.signal)
  } catch (error) {
    const { stop } = ending
    if (stop === null) tell(lackOf(error, ABOUT.part, ABOUT.check))
    else if (stop.reason === 'abort') tell({ ...ABOUT, state: 'lack', detail: stop.detail })
    else throw stopped(stop)
  } finally {
    signal.removeEventListener('abort', interrupt)
    const left = (await stage?.stop()) ?? []
    if (left.length > 0) tell(leftOver(left, safeguards.changes.undoByHand()))
    await safeguards.release()
  }
}

function orStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const stop = () => reject(new Error('stopped'))
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    }),
  ])
}

function stopped({ reason, detail }: Stop): GamedayError {
  return new GamedayError(`stopped before the end: ${detail}`, {
    code: 'DOCTOR_STOPPED',
    exitCode: reason === 'signal' ? EXIT.interrupted : EXIT.internal,
    hint: 'What was put up is taken down.',
  })
}

/** Tells what kept the parts from coming up as a lack of the part that it is about. */
function notUp(error: unknown): Finding {
  const isToxiproxy = error instanceof GamedayError && error.code.startsWith('TOXIPROXY')
  if (!isToxiproxy) return lackOf(error, ABOUT.part, ABOUT.check)
  // What its proxies listen on must be an address of the machine, or the container, that it runs on.
  const isListen = /cannot assign|no such host|address already in use/.test(messageOf(error))
  return lackOf(
    error,
    'toxiproxy',
    'Toxiproxy listens',
    isListen ? { to: 'gameday.yaml', lines: ['toxiproxy:', '  listen: 0.0.0.0'] } : undefined,
  )
}

function leftOver(left: readonly string[], commands: readonly string[]): Finding {
  return {
    ...ABOUT,
    check: 'taken down',
    state: 'lack',
    detail: `not all of it could be: ${left.join('; ')}`,
    hint: 'Let gameday do it when the server answers again: gameday recover. Or by hand:',
    add: { to: 'environment', lines: commands },
  }
}
