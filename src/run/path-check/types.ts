import type { ProviderRole } from '../../base/index.ts'
import type { RouterAccess } from '../../config/index.ts'
import type { Attempt, Observed } from '../../record/index.ts'

/** One thing that the way from a client through a router to its providers must have, and what was found. */
export interface PathFinding {
  check: string
  passed: boolean
  detail: string
  /** What to do about it; nothing where there is nothing to do. */
  hint?: string
}

/** A marked request through the router, and the attempts at the gates that carry its marker. */
export interface Marked {
  stream: boolean
  answer: Observed
  attempts: readonly Attempt[]
}

/** What answers where the router should be, looked at closely because a request failed there. */
export type Look =
  | { what: 'nobody'; code: string }
  | { what: 'http2' }
  | { what: 'not-http'; code: string }
  | { what: 'answer'; status: number; contentType: string }

/** Everything that a path check has seen. All times are the monotonic clock's. */
export interface PathEvidence {
  router: Pick<RouterAccess, 'url' | 'model'>
  /** As the configuration has them, with the address that the router should know each by. */
  providers: Record<ProviderRole, { name: string; model: string; url: string }>
  /** What is broken on the stage already, in words. */
  broken: readonly string[]
  /** A question straight to each provider, past the router. */
  direct: Record<ProviderRole, Observed>
  marked: readonly Marked[]
  /** Attempts without any marker that came by meanwhile. */
  unmarked: readonly Attempt[]
  /** Null where nothing was wrong enough to look. */
  look: Look | null
}
