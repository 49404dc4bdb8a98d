import { counts, observe, phaseStats, withoutRouter, type Span } from '../../measure/index.ts'
import type { FaultResult, Sample, TenantResult } from '../../record/index.ts'
import { judgeObjectives, type Objectives } from '../../slo/index.ts'

interface TenantsQuestion {
  /** The requests of the outage. */
  requests: readonly Sample[]
  /** All of both lanes near it. */
  samples: readonly Sample[]
  objectives: Objectives
  /** While the fault was in force. */
  felt: Span
  /** The tenant that the fault is held to; null where it hits everybody. */
  only: string | null
}

/**
 * Holds each tenant's requests of an outage against the objectives; nothing where the load has one tenant alone. Those
 * that were struck come first, then those that failed most.
 */
export function composeTenants(question: TenantsQuestion): Pick<FaultResult, 'tenants'> {
  const { requests, samples, objectives, felt, only } = question
  const names = [...new Set(samples.filter(counts).map(({ tenant }) => tenant))].sort()
  if (names.length < 2) return {}
  const tenants = names.map((tenant): TenantResult => {
    const isTheirs = (sample: Sample) => sample.tenant === tenant
    const own = requests.filter(isTheirs)
    const under = own.filter(({ intendedMs }) => intendedMs >= felt.fromMs && intendedMs < felt.toMs)
    return {
      tenant,
      struck: only === null || only === tenant,
      objectives: judgeObjectives(observe(own), objectives),
      failedRequests: own.filter(({ outcome }) => outcome !== 'ok').length,
      servedBy: phaseStats(under).servedBy,
      withoutRouter: withoutRouter(samples.filter(isTheirs), felt),
    }
  })
  return { tenants: tenants.toSorted((a, b) => Number(b.struck) - Number(a.struck) || lost(b) - lost(a)) }
}

/** The share that failed. */
const lost = ({ failedRequests, objectives }: TenantResult) => failedRequests / (objectives[0]?.n || 1)

/** The tenant that a fault was held to, by its parameters as the journal has them; null where it was held to none. */
export function tenantOfFault({ parameters }: Pick<FaultResult, 'parameters'>): string | null {
  const { tenant } = parameters
  return typeof tenant === 'string' ? tenant : null
}

/** The tenants that a fault is judged by: all there are where it is held to one, and none where it hits everybody. */
export function judgedTenants(fault: Pick<FaultResult, 'parameters' | 'tenants'>): TenantResult[] {
  return tenantOfFault(fault) === null ? [] : (fault.tenants ?? [])
}
