import { join } from 'node:path'
import { messageOf } from '../base/index.ts'
import { resolveKeys, resolveRedis, routerAccess } from '../config/index.ts'
import { openHub, type Desk } from '../crew/index.ts'
import { billInWords } from '../drill/index.ts'
import { readRecords, type Before, type EventOf, type People } from '../record/index.ts'
import { draftVerdict } from '../report/index.ts'
import { crewSocket, stateFolder } from '../rollback/index.ts'
import { runDrill } from '../run/index.ts'
import { externalRouter, type AttachedStage } from '../stage/index.ts'
import { conclude } from './conclude.ts'
import type { RunFlags } from './flags.ts'
import { bypassOf } from './foreign-router.ts'
import type { Interruptions } from './interruptions.ts'
import type { Io } from './io.ts'
import { readMaxCost } from './money.ts'
import { repeatCommand } from './repeat-command.ts'
import { newRunId } from './run-id.ts'
import { surroundings, type Setup } from './setup.ts'
import { version } from './version.ts'

/** A drill that is about to be held: everything that can be wrong with it has been found out. */
export interface Meant {
  name: string
  flags: RunFlags
  setup: Setup
  /** The stage that it is held on; null for one of its own. */
  standing: AttachedStage | null
  people: People | null
  attended: boolean
  rollCall: EventOf<'gate.decided'>[]
  before: Before | null
  desk: Desk
}

/** Holds a drill, with a door for further terminals, and returns the exit code of its verdict. */
export async function hold(meant: Meant, io: Io, { signal }: Interruptions): Promise<number> {
  const { name, flags, setup, standing, people, attended, rollCall, before, desk } = meant
  const access = routerAccess(setup.config, io.env)
  const runId = newRunId()
  const bill = billInWords(setup.drill, setup.planned, surroundings(setup))
  const dir = join(flags.out, `${io.clock.wall().toISOString().slice(0, 10)}-${setup.drill.name}-${runId}`)
  const state = stateFolder(io.env)
  const hub = await openDoor(desk, { run: runId, drill: setup.drill.name }, io)
  try {
    const ending = await runDrill({
      ...setup,
      config: resolveRedis(setup.config, io.env),
      // A stage that stands holds them itself.
      realKeys: standing === null ? resolveKeys(setup.config, io.env) : {},
      mode: attended ? 'attended' : 'unattended',
      dir,
      runId,
      runTag: runId,
      stateFolder: state,
      people,
      blind: flags.blind === true,
      rollCall,
      crewSocket: hub.path,
      before,
      draft: (folder) => draftVerdict(readRecords(folder)),
      command: repeatCommand(name, { ...flags, seed: String(setup.seed) }, { attended, ...io }),
      versions: {
        gameday: version(),
        node: process.version.slice(1),
        platform: `${process.platform}-${process.arch}`,
      },
      despiteFreeze: flags.despiteFreeze ?? null,
      maxCostUsd: readMaxCost(flags.maxCost, setup),
      ...(bill === null ? {} : { bill }),
      bypass: bypassOf(setup.config, io),
      ...(access === null ? {} : { makeRouter: externalRouter(access) }),
      ...(standing === null ? {} : { standing }),
      crew: desk,
      clock: io.clock,
      signal,
    })
    await hub.close()
    return await conclude(ending, flags, io)
  } finally {
    // A drill that never came up has not closed it.
    await desk.close()
    await hub.close()
  }
}

/** Lets other terminals join. A drill that nobody can join is held all the same. */
async function openDoor(
  desk: Desk,
  facts: { run: string; drill: string },
  { clock, env, stderr }: Io,
): Promise<{ path: string | null; close: () => Promise<void> }> {
  const path = crewSocket(stateFolder(env), facts.run)
  const shut = { path: null, close: () => Promise.resolve() }
  if (path === null) return shut
  try {
    const hub = await openHub({ path, desk, clock, ...facts })
    let closed: Promise<void> | null = null
    return { path, close: () => (closed ??= hub.close()) }
  } catch (error) {
    stderr.write(`gameday: ${messageOf(error)}\n`)
    return shut
  }
}
