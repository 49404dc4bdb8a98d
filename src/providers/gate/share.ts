import type { Clock } from '../../base/index.ts'
import type { GateFaultSpec } from '../types.ts'

/**
 * The share of requests that a fault hits, from now on. That of a revocation which spreads grows evenly from none to
 * all: users report that a revoked key still works now and then, for minutes.
 */
export function shareOver(spec: GateFaultSpec, clock: Clock): () => number {
  if (spec.kind !== 'revoke-key') return () => spec.share
  const { spreadOver } = spec
  const sinceMs = clock.now()
  return () => (spreadOver <= 0 ? 1 : Math.min(1, (clock.now() - sinceMs) / spreadOver))
}
