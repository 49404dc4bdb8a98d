import type { ProviderRole } from '../../base/index.ts'
import type { RouterAccess } from '../../config/index.ts'
import type { Attempt, Observed } from '../../record/index.ts'

/** Where a lack is mended, and what to write there. */
export type Addition =
  | { to: 'gameday.yaml' | 'environment' | 'drill'; lines: readonly string[] }
  /** Every router's configuration has a language of its own: whoever prints this knows some. */
  | { to: 'router'; what: 'targets'; urls: Record<ProviderRole, string> }
  | { to: 'router'; what: 'timeouts'; clientMs: number }

/** One thing that the way from a client through a router to its providers must have, and what was found. */
export interface PathFinding {
  check: string
  passed: boolean
  detail: string
  /** What to do about it; nothing where there is nothing to do. */
  hint?: string
  /** The lines that do it, where it is a matter of lines. */
  add?: Addition
}

/** What is wrong with a finding, and what to do about it. */
export type Told = Pick<PathFinding, 'detail' | 'hint' | 'add'>

/** A question straight to a provider, past the router, that its gate never saw. */
export interface Lost {
  /** Why the proxy's address takes no connection; null where it does. */
  refusal: string | null
  /** Where Toxiproxy is told to find the gate; null where it knows no such proxy. */
  upstream: string | null
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
  /** Those of them that no gate saw. */
  lost: Partial<Record<ProviderRole, Lost>>
  marked: readonly Marked[]
  /** Attempts without any marker that came by meanwhile. */
  unmarked: readonly Attempt[]
  /** Null where nothing was wrong enough to look. */
  look: Look | null
}
