import { onTestFinished } from 'vitest'
import { crewSocket } from '../../src/rollback/index.ts'
import { showLife, type LivingRun } from '../../src/rollback/living.ts'
import { hubOf, quietDrill } from './hub.ts'
import { factsOf } from './rollback-life.ts'

/** Shows that a run lives which can be joined, if only its hub were open. */
export async function shownRun(
  state: string,
  run: string,
  { holds = true, ...facts }: Partial<LivingRun> = {},
): Promise<string> {
  const path = crewSocket(state, run) ?? ''
  const life = await showLife(state, { ...factsOf(run, null), crew: path, ...facts })
  onTestFinished(() => life.end())
  life.say({ holds })
  return path
}

/** A drill in progress that others can join, with nothing in it but its desk. */
export async function drillInProgress(state: string, run = 'abc123') {
  const drill = quietDrill()
  const path = await shownRun(state, run)
  const { hub } = await hubOf(drill.desk, { path, run })
  return { ...drill, hub, path }
}
