import type { PhaseKind, FaultTarget, ProviderRole } from '../base/index.ts'
import type { JournalEntry, NoteKind, Quantity } from '../record/index.ts'
import type { Question, Reply } from './question.ts'
import type { SeatRole } from './seat.ts'

/** Bars of the last minute, oldest first; each sums up this many milliseconds. */
export const MINUTE_BIN_MS = 2500

/** What the drill looks like right now; four times a second. It travels over the socket as it is. */
export interface LiveStatus {
  atMs: number
  totalMs: number
  phase: { name: string; kind: PhaseKind; index: number; count: number; lengthMs: number; leftMs: number }
  /** The phase after this one, and when it begins on the drill's clock; null when there is none. */
  next: { name: string; kind: PhaseKind; atMs: number } | null
  /** Whether the run is being stopped and what is broken put back. */
  stopping: boolean
  /** Over the last ten seconds of the main lane; null before the load begins. */
  load: {
    perSecond: number
    n: number
    success: number | null
    p95Ms: Quantity | null
    servedBy: Record<ProviderRole | 'cache', number>
  } | null
  /** The last minute in bins, oldest first; null in a bin without requests. Null before the load begins. */
  lastMinute: { success: (number | null)[]; p95Ms: (Quantity | null)[] } | null
  limits: { success: number; p95Ms: number }
  fault: {
    /** From 1, as people count. */
    number: number
    count: number
    /** Null where it is hidden from whoever looks. */
    kind: string | null
    target: FaultTarget
    proven: boolean
    sinceMs: number
    capMs: number
    /** What is broken at the other provider at the same time; hidden with the rest. */
    beside?: { kind: string; target: FaultTarget; proven: boolean }
  } | null
  clocks: {
    detectMs: number | null
    switchMs: number | null
    stableMs: number | null
    taxMs: number | null
  } | null
  /** The control lane since the fault came into force. */
  withoutRouter: { requests: number; ok: number } | null
  /** Failures in the window: how many are allowed, how many were spent before, and what four hours of this outage would spend. */
  budget: { allowed: number; spentBefore: number | null; fourHours: number | null }
  /** Null where nothing costs money. */
  money: { spentUsd: number; capUsd: number } | null
  sentTotal: number
  failedTotal: number
}

/** A note as the engine writes it. */
export interface NoteDraft {
  kind: NoteKind
  text: string
  /** The moment it is about, on the drill's clock. */
  forMs: number
  /** Whether it says itself which moment that is. */
  dated: boolean
  owner: string | null
  due: string | null
}

export interface Person {
  name: string
  role: SeatRole
  /** Set where a script speaks in their place. */
  script?: true
}

/** How what people say reaches the engine. */
export interface EngineHands {
  nowMs(): number
  /** Writes a note to the disk and returns its id. Throws `RECORDS_UNWRITABLE`. */
  note(draft: NoteDraft, by: Person): string
  /** Writes a correction beside the note. Returns null, or why there is nothing to correct. */
  correct(note: string, draft: NoteDraft, by: Person): string | null
  abort(by: Person): void
  joined(who: Person): void
  /** Writes down what failed without ending the drill. */
  trouble(message: string): void
  left(who: Person): void
}

/** The people of a drill, or what stands in for them. The engine knows no terminal. */
export interface Crew {
  /** Whether anybody is there to be asked: people, or a script with answers in their place. */
  readonly there: boolean
  /** Called once, when the records are open. */
  begin(engine: EngineHands): void
  /** Told of everything that is written into the journal, as it happens. */
  entry(entry: JournalEntry): void
  status(status: LiveStatus): void
  /** Resolves with the answer, or with null when the signal withdraws the question. */
  ask(question: Question, signal: AbortSignal): Promise<Reply | null>
  /** Shows verdict and numbers, and keeps them in sight. */
  draft(lines: readonly string[]): void
  /** Takes what is half said; nothing more is heard after it. Called while it can still be written down. */
  finish(): Promise<void>
  /** Leaves every terminal as it was found. */
  close(): Promise<void>
}
