import type { CrewRole, PhaseKind, ProviderRole } from '../base/index.ts'
import type { JournalEntry, Quantity } from '../record/index.ts'

/** A question that the engine puts to one role. The clock never waits: past the deadline the default counts. */
export interface GateQuestion {
  gate: string
  role: CrewRole
  text: string
  default: 'go' | 'no-go'
  deadlineMs: number
}

export interface Decision {
  decision: 'go' | 'no-go'
  by: 'person' | 'clock' | 'script'
  who: string | null
  reason: string
}

/** What the drill looks like right now; a few times a second. */
export interface LiveStatus {
  atMs: number
  totalMs: number
  phase: { name: string; kind: PhaseKind; index: number; count: number; lengthMs: number; leftMs: number }
  next: string | null
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
  limits: { success: number; p95Ms: number }
  fault: { kind: string; target: ProviderRole; proven: boolean; sinceMs: number } | null
  clocks: { detectMs: number | null; switchMs: number | null; stableMs: number | null } | null
  sentTotal: number
  failedTotal: number
}

/** The people of a drill, or what stands in for them. The engine knows no terminal. */
export interface Crew {
  /** Told of everything that is written into the journal, as it happens. */
  entry(entry: JournalEntry): void
  status(status: LiveStatus): void
  decide(question: GateQuestion, signal: AbortSignal): Promise<Decision>
  /** Leaves the terminal as it was found. */
  close(): void
}
