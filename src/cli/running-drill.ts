import { basename } from 'node:path'
import { EXIT, GamedayError } from '../base/index.ts'
import { livingRuns, stateFolder, type LivingRun } from '../rollback/index.ts'
import type { Io } from './io.ts'

/** A drill in progress on this machine that others can join. */
export interface RunningDrill {
  run: string
  drill: string
  /** Where it can be joined. */
  path: string
  /** Folder of its records, and of its report when it has ended. */
  dir: string
}

/**
 * Finds the drill in progress: the one that is named, else the only one. One that still waits for its target is found
 * only if it is named, for it may never begin. Throws `NO_DRILL` or `SEVERAL_DRILLS`.
 */
export async function runningDrill(
  wanted: string | undefined,
  { env }: Pick<Io, 'env'>,
): Promise<RunningDrill> {
  const living = await livingRuns(stateFolder(env))
  const id = wanted === undefined ? undefined : runIdOf(wanted)
  const open = living.filter(({ crew }) => crew !== null)
  const found = open
    .filter((one) => (id === undefined ? one.holds || one.target === null : one.run === id))
    .flatMap(({ run, drill, crew, dir }) => (crew === null ? [] : [{ run, drill, path: crew, dir }]))
  const [first, ...more] = found
  if (first === undefined) throw noDrill(wanted, open)
  if (more.length > 0) throw severalDrills(found)
  return first
}

/** The id at the end of the name of a run's folder; an id as it is. */
export const runIdOf = (run: string) => basename(run).replace(/^\d{4}-\d\d-\d\d-.*-(?=[^-]+$)/, '')

function noDrill(wanted: string | undefined, open: readonly LivingRun[]): GamedayError {
  const which = wanted === undefined ? 'no drill' : `no drill ${wanted}`
  const others = open
    .map(({ run, drill, holds }) => `${run} (${drill}${holds ? '' : ', which is about to begin'})`)
    .join(', ')
  return new GamedayError(`${which} is in progress on this machine for this user`, {
    code: 'NO_DRILL',
    exitCode: EXIT.usage,
    hint: others === '' ? 'Begin one with gameday run, in another terminal.' : `There is ${others}: name it.`,
  })
}

function severalDrills(found: readonly RunningDrill[]): GamedayError {
  return new GamedayError(`${found.length} drills are in progress on this machine`, {
    code: 'SEVERAL_DRILLS',
    exitCode: EXIT.usage,
    hint: `Name one of ${found.map(({ run, drill }) => `${run} (${drill})`).join(', ')}: gameday join <id>, or gameday note --run <id>.`,
  })
}
