import { InternalError, messageOf, type Clock } from '../base/index.ts'
import type { Undo, UndoPlan } from '../record/index.ts'
import {
  byHand,
  sweep,
  undoChange,
  undoneEvent,
  vanished,
  withTilde,
  type RollbackRecords,
  type Undone,
  type UndoTools,
} from '../rollback/index.ts'
import type { StageChanges } from '../stage/index.ts'
import type { Say } from './journalist.ts'

/** Undoing is tried again for so long before it counts as failed, when nobody gives it more. */
export const UNDO_MS = 15_000
const CALL_MS = 5000
/** The run itself undoes a fault at its cap; after this much more the watchdog does. */
const OVERDUE_MS = 5000

/** Everything that a run changes where it could outlive the run, each with its record on disk. */
export interface Changes extends StageChanges {
  /** Undoes a change by its plan on record, in the way of the watchdog; throws if it is not gone then. */
  undo(id: string): Promise<void>
  /** Writes the undo plan of a fault that may last `capMs`; null for one that only a hand can undo. Throws `ROLLBACK_RECORD_UNWRITABLE`. */
  record(undo: Undo, id: string, capMs: number | null): { plan: UndoPlan; file: string }
  /** Removes the record of what is proven undone. */
  settle(plan: UndoPlan): void
  /** Says why a change is gone although this run did not prove it: by its server's death, or by the watchdog's hand. Null if it may be there. */
  goneOtherwise: (plan: UndoPlan) => Promise<string | null>
  /** Throws once the watchdog has begun to undo the run: then nothing more may be changed. */
  permit: () => void
  /** Says why that is so; null while it is not. */
  overtaken: () => string | null
  /** Writes down what was recorded before there was a journal, and from now on what comes of it. */
  announce(say: Say): void
  /** The commands that undo by hand what the stage changed and could not take back. */
  undoByHand(): string[]
}

export interface ChangesOptions {
  run: string
  /** Absolute folder of the run. */
  dir: string
  clock: Clock
  records: RollbackRecords
  permit: () => void
}

export function createChanges({ run, dir, clock, records, permit }: ChangesOptions): Changes {
  let say: Say = () => null
  const staged: { plan: UndoPlan; file: string }[] = []
  const failed: UndoPlan[] = []

  const planOf = (undo: Undo, id: string, deadline: UndoPlan['deadline']): UndoPlan => ({
    schema: 'gameday.undo/2',
    id,
    run,
    dir,
    ...undo,
    writtenAt: clock.wall().toISOString(),
    deadline,
  })

  const settle = (plan: UndoPlan) => {
    try {
      records.remove(plan)
    } catch (error) {
      // It is undone all the same: a record too many is looked at once more, and does no harm.
      say({
        type: 'error',
        code: 'ROLLBACK_RECORD_LEFT',
        message: `the rollback record of ${plan.id} could not be removed: ${messageOf(error)}`,
        hint: 'Its undoing is proven: `gameday recover` removes it.',
      })
    }
  }

  const tools: UndoTools = {
    timeoutMs: CALL_MS,
    runnerGone: false,
    fresh: true,
    rewrite: (plan) => void records.write(plan),
  }

  const onRecord = (id: string) => records.all().plans.find((plan) => plan.id === id)

  const overtaken = () => {
    try {
      permit()
      return null
    } catch (error) {
      return messageOf(error)
    }
  }

  return {
    permit,
    overtaken,
    settle,
    goneOtherwise: async (plan) => {
      if (overtaken() === null) return vanished(plan, CALL_MS)
      // It has taken the proxies away, so that no request can prove anything any more: the state has to.
      // By what is on record: the watchdog may have written down that it cut the proxy.
      const undone = await undoChange(onRecord(plan.id) ?? plan, tools)
      return undone.state === 'gone' ? undone.proof : null
    },

    undo: async (id) => {
      const plan = onRecord(id)
      if (plan === undefined) throw new InternalError(`there is no rollback record ${id} to undo by`)
      const undone = await undoChange(plan, tools)
      if (undone.state !== 'gone') throw new Error(undone.reason)
    },

    record: (undo, id, capMs) => {
      permit()
      const overdueMs = capMs === null ? null : capMs + OVERDUE_MS
      const plan = planOf(
        undo,
        id,
        overdueMs === null
          ? null
          : {
              at: new Date(clock.wall().getTime() + overdueMs).toISOString(),
              atMs: clock.now() + overdueMs,
            },
      )
      return { plan, file: records.write(plan) }
    },

    begin: (undo) => {
      permit()
      const id = `${run}-s${staged.length}`
      let plan = planOf(undo, id, null)
      const entry = { plan, file: records.write(plan) }
      staged.push(entry)
      return {
        made: (seen) => {
          plan = planOf(seen, id, null)
          entry.plan = plan
          records.write(plan)
        },
        undo: async () => {
          await sweep([plan], { ...tools, clock, patienceMs: UNDO_MS, onUndone: finish })
        },
      }
    },

    announce: (journal) => {
      say = journal
      for (const { plan, file } of staged)
        say({ type: 'rollback.recorded', fault: null, plan: plan.id, what: plan.what, file: withTilde(file) })
    },

    undoByHand: () => failed.flatMap(byHand),
  }

  function finish(plan: UndoPlan, undone: Undone): void {
    say(undoneEvent(plan, undone, 'run'))
    if (undone.state === 'gone') return settle(plan)
    failed.push(plan)
    throw new Error(undone.reason)
  }
}
