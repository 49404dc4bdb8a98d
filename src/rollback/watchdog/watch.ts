import type { Clock } from '../../base/index.ts'
import type { JournalEvent, UndoPlan, WatchdogReason } from '../../record/index.ts'
import type { RollbackRecords } from '../records.ts'
import { sweep } from '../undo/sweep.ts'
import { undoneEvent, type Undone } from '../undo/undone.ts'
import { SILENCE_MS } from './protocol.ts'

const LOOK_MS = 250
/** Silence counts when it is seen twice: what was sent may wait in the pipe while this process itself stood still. */
const SEEN_SILENT = 2
const CALL_MS = 2000
/** How long it tries again when the runner is gone; `gameday recover` does the rest. */
export const PATIENCE_MS = 30_000

export interface WatchOptions {
  run: string
  clock: Clock
  records: RollbackRecords
  /** Writes into the run's folder; false if that cannot be written to. */
  write: (event: JournalEvent) => boolean
  /** Tells the runner, if it can still hear. */
  tell: (why: WatchdogReason, detail: string) => void
}

/** What the pipe to the runner says. */
export interface Runner {
  heardAtMs: number
  gone: boolean
}

/**
 * Watches a runner until it is gone and everything that it changed is proven undone:
 *
 *     watching --(gone | silent | overdue)--> undoing --(all proven, runner gone)--> done
 *
 * While the runner lives its records stay, whatever was undone: a call of its may be under way, so everything is proven
 * once more after its end.
 */
export async function watchRunner(options: WatchOptions, runner: Readonly<Runner>): Promise<void> {
  const { clock } = options
  const plans = () => options.records.all().plans.filter(({ run }) => run === options.run)
  const reason = watching(options, runner, plans)
  for (;;) {
    const found = reason()
    if (found !== null) {
      await undo(options, runner, plans, found)
      return
    }
    await clock.sleep(LOOK_MS)
  }
}

interface Reason {
  why: WatchdogReason
  detail: string
}

/** Says why the run must be undone; null while it need not be. Call it a few times a second. */
function watching({ clock }: WatchOptions, runner: Readonly<Runner>, plans: () => UndoPlan[]) {
  let silent = 0
  return (): Reason | null => {
    if (runner.gone) return { why: 'gone', detail: 'its runner is gone' }
    const silenceMs = clock.now() - runner.heardAtMs
    silent = silenceMs > SILENCE_MS ? silent + 1 : 0
    if (silent >= SEEN_SILENT)
      return {
        why: 'silent',
        detail: `its runner has given no sign of life for ${(silenceMs / 1000).toFixed(1)} s`,
      }
    const late = plans().find(({ deadline }) => deadline !== null && isOver(deadline, clock))
    return late === undefined
      ? null
      : { why: 'overdue', detail: `${late.what} should have been undone by ${late.deadline?.at ?? ''}` }
  }
}

/** Whichever clock says so first: one stands still while the machine sleeps, the other may be set back. */
function isOver({ at, atMs }: NonNullable<UndoPlan['deadline']>, clock: Clock): boolean {
  return clock.now() > atMs || clock.wall().getTime() > Date.parse(at)
}

async function undo(
  { clock, records, write, tell }: WatchOptions,
  runner: Readonly<Runner>,
  plans: () => UndoPlan[],
  { why, detail }: Reason,
): Promise<void> {
  // A runner that has ended well leaves nothing, and there is nothing to tell.
  if (plans().length === 0 && why === 'gone') return
  let told = write({ type: 'watchdog.undoing', why, detail })
  tell(why, detail)

  const proven = new Set<string>()
  const round = (patienceMs: number) => {
    // As it was when the round began: a call that its sender made before it died may still be carried out.
    const runnerGone = runner.gone
    const onUndone = (plan: UndoPlan, undone: Undone) => {
      const isNew = undone.state === 'gone' ? !proven.has(plan.id) : runnerGone
      if (isNew) told = write(undoneEvent(plan, undone, 'watchdog')) && told
      if (undone.state !== 'gone') return
      proven.add(plan.id)
      // What could not be told stays on record, so that `recover` proves it once more and tells.
      if (runnerGone && told) records.remove(plan)
    }
    const rewrite = (plan: UndoPlan) => void records.write(plan)
    const tools = { clock, patienceMs, timeoutMs: CALL_MS, runnerGone, fresh: true, rewrite, onUndone }
    return sweep(plans(), tools)
  }

  while (!runner.gone) {
    await round(0)
    await clock.sleep(LOOK_MS)
  }
  await round(PATIENCE_MS)
}
