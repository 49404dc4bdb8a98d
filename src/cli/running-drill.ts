import { basename } from 'node:path'
import { userInfo } from 'node:os'
import { EXIT, GamedayError } from '../base/index.ts'
import { livingRuns, stateFolder, type LivingRun } from '../rollback/index.ts'
import type { Io } from './io.ts'

/** A drill in progress on this machine that others can join. */
export interface RunningDrill {
  run: string
  drill: string
  path: string
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
    .flatMap(({ run, drill, crew }) => (crew === null ? [] : [{ run, drill, path: crew }]))
  const [first, ...more] = found
  if (first === undefined) throw noDrill(wanted, open)
  if (more.length > 0) throw severalDrills(found)
  return first
}

/** The id at the end of the name of a run's folder; an id as it is. */
export const runIdOf = (run: string) => basename(run).replace(/^\d{4}-\d\d-\d\d-.*-(?=[^-]+$)/, '')

/** The name of whoever is at this machine's keyboard, as the system knows them. */
export function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // An account without a name, as in a container.
    return 'somebody'
  }
}

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
    hint: `Name one of them: ${found.map(({ run, drill }) => `${run} (${drill})`).join(', ')}.`,
  })
}
