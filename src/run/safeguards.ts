import { resolve } from 'node:path'
import { seededRandom } from '../base/index.ts'
import type { JournalEvent } from '../record/index.ts'
import { claimTarget, rollbackRecords, startWatchdog, targetOf } from '../rollback/index.ts'
import { createChanges, type Changes } from './changes.ts'
import type { Ending } from './ending.ts'
import type { RunInput } from './input.ts'
import type { Say } from './journalist.ts'

/** What stands between a run and whatever it could leave broken. */
export interface Safeguards {
  changes: Changes
  /** Writes down what happened before there was a journal, and from now on what happens. */
  announce(say: Say, epochMs: number): void
  /** Lets go of the target, and of the watchdog: what is not proven undone stays its task. */
  release(): Promise<void>
}

/** What a run says of itself to those who watch over it. */
export type SafeguardsInput = Pick<
  RunInput,
  'clock' | 'stateFolder' | 'runId' | 'config' | 'dir' | 'seed' | 'standing' | 'crewSocket'
> & { drill: Pick<RunInput['drill'], 'name'> }

/**
 * Claims the target and starts the watchdog, before anything is changed.
 * Throws `TARGET_TAKEN` or `WATCHDOG_NOT_STARTED`.
 */
export async function raiseSafeguards(
  input: SafeguardsInput,
  ending: Pick<Ending, 'decide'>,
): Promise<Safeguards> {
  const { clock, stateFolder, runId, drill, config } = input
  const dir = resolve(input.dir)
  const records = rollbackRecords(stateFolder)
  // Of a stage too it is its Toxiproxy that counts: whoever uses that one otherwise is in the way as well.
  const url = input.standing?.facts.toxiproxy.url ?? config.toxiproxy.url
  const claim = await claimTarget({
    stateFolder,
    facts: {
      run: runId,
      pid: process.pid,
      drill: drill.name,
      dir,
      startedAt: clock.wall().toISOString(),
      target: url === undefined ? null : targetOf(url),
      crew: input.crewSocket,
    },
    clock,
    random: seededRandom(input.seed, `claim ${runId}`),
  })

  const early: JournalEvent[] = []
  let say: Say = (event) => {
    early.push(event)
    return null
  }
  const stop = (detail: string) => ending.decide({ reason: 'abort', rule: 'watchdog', detail })
  try {
    const watchdog = await startWatchdog({ stateFolder, run: runId, dir }, clock, {
      onStarted: (pid) => void say({ type: 'watchdog.started', pid }),
      onLost: (detail) => void say({ type: 'watchdog.lost', detail }),
      onFailed: (detail) => stop(`nobody watches over the run any more: ${detail}`),
      onUndoing: (_why, detail) => stop(`the watchdog has begun to undo the run: ${detail}`),
    })
    const changes = createChanges({ run: runId, dir, clock, records, permit: watchdog.permit })
    return {
      changes,
      announce: (journal, epochMs) => {
        say = journal
        for (const event of early) say(event)
        changes.announce(journal)
        watchdog.epoch(epochMs)
      },
      release: async () => {
        await watchdog.release(records.all().plans.every(({ run }) => run !== runId))
        await claim.end()
      },
    }
  } catch (error) {
    await claim.end()
    throw error
  }
}
