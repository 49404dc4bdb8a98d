import { EXIT, GamedayError } from '../base/index.ts'
import {
  byHand,
  forget,
  recover,
  stateFolder,
  targetOf,
  withTilde,
  type Recovered,
} from '../rollback/index.ts'
import type { Io } from './io.ts'
import { runIdOf } from './running-drill.ts'

/** What cannot be proven at once is tried again for so long. */
const PATIENCE_MS = 10_000
/** A drill that is about to start does not wait that long for what another one left. */
const PATIENCE_FIRST_MS = 2000

/** Undoes what dead runs left behind, says what came of each, and returns 6 if anything may still be broken. */
export async function recoverAll(run: string | undefined, io: Io): Promise<number> {
  const state = stateFolder(io.env)
  const outcomes = await recover({
    stateFolder: state,
    clock: io.clock,
    env: io.env,
    run: run === undefined ? null : runIdOf(run),
    patienceMs: PATIENCE_MS,
  })
  const whose = run === undefined ? '' : ` of the run ${run}`
  if (outcomes.length === 0)
    io.stdout.write(`Nothing is left behind: there is no rollback record${whose} in ${withTilde(state)}.\n`)
  for (const outcome of outcomes) io.stdout.write(`${sentences(outcome).join('\n  ')}\n`)
  return outcomes.some(mayBeBroken) ? EXIT.rollbackFailed : EXIT.ok
}

/** Puts a rollback record aside by hand. */
export async function forgetRecord(id: string, io: Io): Promise<number> {
  const forgotten = await forget(stateFolder(io.env), id, io.clock)
  if (forgotten === null) {
    throw new GamedayError(`there is no rollback record ${id}`, {
      code: 'NO_SUCH_RECORD',
      hint: '`gameday recover` names those that it cannot undo.',
    })
  }
  const { plan, path } = forgotten
  io.stdout.write(
    `Forgotten, and not proven undone: ${plan.what} of the run ${plan.run} (${plan.change.url}).\n  Its record is kept in ${withTilde(path)}.\n`,
  )
  return EXIT.ok
}

/**
 * What every run begins with: undoes what dead ones left behind, and says so. Throws `LEFT_BROKEN` when something on
 * the same target may still be broken; another target's concern is only said.
 */
export async function recoverFirst(targets: readonly (string | undefined)[], io: Io): Promise<void> {
  const outcomes = await recover({
    stateFolder: stateFolder(io.env),
    clock: io.clock,
    env: io.env,
    run: null,
    patienceMs: PATIENCE_FIRST_MS,
  })
  const told = outcomes.filter(({ state }) => state !== 'living')
  for (const outcome of told)
    io.stderr.write(`gameday: left by an earlier run: ${sentences(outcome).join('\n  ')}\n`)
  const blocking = outcomes.find(
    (outcome) =>
      outcome.state === 'not-undone' &&
      targets.some(
        (target) => target !== undefined && targetOf(outcome.plan.change.url) === targetOf(target),
      ),
  )
  if (blocking === undefined || blocking.state !== 'not-undone') return
  const { plan } = blocking
  throw new GamedayError(
    `something that the run ${plan.run} left on ${plan.change.url} may still be broken: ${plan.what}; so nothing was started`,
    {
      code: 'LEFT_BROKEN',
      exitCode: EXIT.notReady,
      hint: `When that server answers again: gameday recover. If what was on it is gone for good: gameday recover --forget ${plan.id}.`,
    },
  )
}

const mayBeBroken = ({ state }: Recovered) => state === 'not-undone' || state === 'unreadable'

function sentences(outcome: Recovered): string[] {
  switch (outcome.state) {
    case 'undone': {
      const { plan, proof, theirs, warning } = outcome
      return [
        `Undone and proven: ${plan.what} (run ${plan.run}): ${proof}.`,
        ...theirs.map((what) => `Not ours: ${what}.`),
        ...(warning === null ? [] : [`It could not be written into ${withTilde(plan.dir)}: ${warning}.`]),
      ]
    }
    case 'living':
      return [
        `Left alone: ${outcome.plan.what}: its run ${outcome.run.run} (${outcome.run.drill}) is still running, as process ${outcome.run.pid}.`,
      ]
    case 'unreadable':
      return [
        `NOT READ: the rollback record ${withTilde(outcome.path)}: ${outcome.reason.replaceAll(/\s+/g, ' ').slice(0, 200)}`,
        'Look at the calls in it; when what they undo is undone, delete it.',
      ]
    case 'not-undone':
      return [
        `NOT PROVEN UNDONE: ${outcome.plan.what} (run ${outcome.plan.run}): ${outcome.reason}`,
        'To undo it by hand:',
        ...byHand(outcome.plan).map((command) => `  ${command}`),
        `Its record stays, for another try: ${withTilde(outcome.path)}`,
        `If that server will never be there again: gameday recover --forget ${outcome.plan.id}`,
      ]
  }
}
