import type { EventOf, UndoPlan } from '../../record/index.ts'

/** What came of undoing one change. */
export type Undone =
  | {
      state: 'gone'
      /** What proves it. */
      proof: string
      /** What somebody else did to the same proxy meanwhile, in sentences; it was left as it is. */
      theirs: string[]
    }
  | { state: 'not-gone'; reason: string }
  | { state: 'unreachable'; reason: string }

export interface UndoTools {
  /** Longest that one call may take. */
  timeoutMs: number
  /** Whether the run's process is dead, and with it all that lived in it. */
  runnerGone: boolean
  /** Puts a plan in the place of the one of the same id on record. May throw. */
  rewrite: (plan: UndoPlan) => void
  /** Where the key of a real provider can be found, to prove that it works again; absent where none can be. */
  env?: Readonly<Record<string, string | undefined>>
  /** Whether it was only just made, so that nobody else can have its port yet. */
  fresh: boolean
}

export const gone = (proof: string, theirs: string[] = []): Undone => ({ state: 'gone', proof, theirs })
export const notGone = (reason: string): Undone => ({ state: 'not-gone', reason })

/** What the records say of it. */
export function undoneEvent(
  { id }: UndoPlan,
  undone: Undone,
  by: EventOf<'rollback.undone'>['by'],
): EventOf<'rollback.undone'> {
  const event = { type: 'rollback.undone', plan: id, by } as const
  if (undone.state !== 'gone') return { ...event, proven: false, detail: undone.reason }
  const { proof, theirs } = undone
  return { ...event, proven: true, detail: proof, ...(theirs.length === 0 ? {} : { theirs }) }
}
