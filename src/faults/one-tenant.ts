import type { Evidence, FaultSite, Proof } from './fault.ts'
import { proofOf, type Shown } from './shown.ts'

/**
 * Proves a fault that is held to one tenant: by that tenant's requests, of the load and of the control lane, and by
 * nobody else's having been hit. Whose a request is the load says; the gate, which has to tell it by the marker, is not
 * believed. Pure.
 */
export function provenForTenant(tenant: string, site: FaultSite, shown: Shown, evidence: Evidence): Proof {
  const { samples, attempts } = evidence
  const tenantBy = new Map(samples.map((sample) => [sample.id, sample.tenant]))
  const whose = ({ requestId }: { requestId: string | null }) => tenantBy.get(requestId ?? '')

  const others = attempts.filter((attempt) => whose(attempt) !== undefined && whose(attempt) !== tenant)
  const stray = others.find(({ fault }) => fault === site.id)
  if (stray !== undefined)
    return {
      proven: false,
      reason: `it is not held to ${tenant}: ${stray.requestId} was hit, a request of ${whose(stray)}`,
    }
  const own = proofOf(site, shown, {
    ...evidence,
    samples: samples.filter((sample) => sample.tenant === tenant),
    // An attempt is known before its request is over; until then nobody says whose it was.
    attempts: attempts.filter((attempt) => whose(attempt) === tenant),
  })
  if (!own.proven) return { proven: false, reason: `of ${tenant}’s requests: ${own.reason}` }
  const spared = others.filter(
    ({ provider, startMs }) => provider === site.target && startMs >= evidence.inForceMs,
  )
  return {
    ...own,
    proof: `of ${tenant}’s requests: ${own.proof}; of others’ ${spared.length} at the ${site.target} and none hit`,
  }
}
