import { existsSync } from 'node:fs'
import { GamedayError, messageOf, type Clock } from '../base/index.ts'
import { openAfterwards, startOfRun, type JournalEvent, type UndoPlan } from '../record/index.ts'
import { livingRuns, type LivingRun } from './living.ts'
import { rollbackRecords, type RollbackRecords } from './records.ts'
import { sweep } from './undo/sweep.ts'
import { undoneEvent, type Undone } from './undo/undone.ts'

const CALL_MS = 5000

/** One rollback record, and what came of it. */
export type Recovered =
  | { state: 'undone'; plan: UndoPlan; proof: string; theirs: string[]; warning: string | null }
  | { state: 'not-undone'; plan: UndoPlan; reason: string; path: string }
  | { state: 'living'; plan: UndoPlan; run: LivingRun }
  | { state: 'unreadable'; path: string; reason: string }

export interface RecoverOptions {
  stateFolder: string
  clock: Clock
  /** Only what this run left; null for all. */
  run: string | null
  /** Where the keys of real providers are found, to prove that one works again which a hand revoked; without it none can be. */
  env?: Readonly<Record<string, string | undefined>>
  /** How long to try again what cannot be proven at once. */
  patienceMs: number
}

/**
 * Undoes what dead runs left behind and proves it; the living are not touched. Each proven record is told in the folder
 * of its run, then removed. Safe to repeat, and safe beside a running drill or a watchdog at the same work.
 */
export async function recover(options: RecoverOptions): Promise<Recovered[]> {
  const { stateFolder, clock, patienceMs } = options
  const records = rollbackRecords(stateFolder)
  // In this order: whoever starts in between has a record that was not there yet.
  const { plans, unreadable } = records.all()
  const living = await livingRuns(stateFolder)
  const wanted = plans.filter(({ run }) => options.run === null || run === options.run)
  const outcomes: Recovered[] = unreadable.map((file) => ({ state: 'unreadable', ...file }))

  const dead: UndoPlan[] = []
  for (const plan of wanted) {
    const run = living.find((one) => one.run === plan.run)
    if (run === undefined) dead.push(plan)
    else outcomes.push({ state: 'living', plan, run })
  }
  // One server that does not answer must not use up the patience that is meant for another.
  const servers = new Set(dead.map(({ change }) => change.url))
  await Promise.all(
    [...servers].map((url) =>
      sweep(
        dead.filter(({ change }) => change.url === url),
        {
          clock,
          patienceMs,
          timeoutMs: CALL_MS,
          ...(options.env === undefined ? {} : { env: options.env }),
          runnerGone: true,
          fresh: false,
          rewrite: (plan) => void records.write(plan),
          onUndone: (plan, undone) => void outcomes.push(settle(plan, undone, records, clock)),
        },
      ),
    ),
  )
  return outcomes
}

function settle(plan: UndoPlan, undone: Undone, records: RollbackRecords, clock: Clock): Recovered {
  if (undone.state !== 'gone') {
    tell(plan, undoneEvent(plan, undone, 'recover'), clock)
    return { state: 'not-undone', plan, reason: undone.reason, path: records.pathOf(plan.id) }
  }
  const { proof, theirs } = undone
  const warning = tell(plan, undoneEvent(plan, undone, 'recover'), clock)
  try {
    records.remove(plan)
  } catch (error) {
    const reason = `it is undone, but its record cannot be removed: ${messageOf(error)}`
    return { state: 'not-undone', plan, reason, path: records.pathOf(plan.id) }
  }
  return { state: 'undone', plan, proof, theirs, warning }
}

/** Says it in the folder of the run, if that is still there. Returns what kept it from being written. */
function tell({ dir }: UndoPlan, event: JournalEvent, clock: Clock): string | null {
  if (!existsSync(dir)) return null
  try {
    const afterwards = openAfterwards(dir, 'recover')
    try {
      // The monotonic clock may be that of another boot, and the wall clock may have been set back.
      const at = clock.wall()
      const start = startOfRun(dir) ?? at
      afterwards.write(event, { atMs: Math.max(0, at.getTime() - start.getTime()), at })
    } finally {
      afterwards.close()
    }
    return null
  } catch (error) {
    return messageOf(error)
  }
}

/**
 * Puts a record aside that cannot be undone because its server is not there to be asked: it blocks nobody any more.
 * Says so in the folder of its run. Returns where the record is now; null if there is none of that id. Throws
 * `RUN_LIVES`.
 */
export async function forget(
  stateFolder: string,
  id: string,
  clock: Clock,
): Promise<{ plan: UndoPlan; path: string } | null> {
  const records = rollbackRecords(stateFolder)
  const plan = records.all().plans.find((one) => one.id === id)
  const alive = (await livingRuns(stateFolder)).find(({ run }) => run === plan?.run)
  if (alive !== undefined) {
    throw new GamedayError(
      `the run ${alive.run} (${alive.drill}, process ${alive.pid}) is still running, and its watchdog needs the record ${id}`,
      { code: 'RUN_LIVES', hint: 'End that drill with Ctrl-C where it runs: it undoes what it broke.' },
    )
  }
  const path = plan === undefined ? null : records.forget(id)
  if (plan === undefined || path === null) return null
  tell(
    plan,
    {
      type: 'rollback.forgotten',
      plan: id,
      detail: `${plan.what}: put aside by hand, and not proven undone`,
    },
    clock,
  )
  return { plan, path }
}
