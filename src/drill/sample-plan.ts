import type { FaultTarget } from '../base/index.ts'
import type { PlannedPhase } from './agenda.ts'
import { tenantOf, type FaultKind } from './catalogue/faults.ts'
import { armingGraceMs } from './gates.ts'

/** What the outage of one fault will hold. */
export interface OutageSample {
  fault: number
  /** Name of its break phase. */
  name: string
  kind: FaultKind
  target: FaultTarget
  /**
   * Sure length: the fault in force, without what people may arm it late. The outage runs on until the system is home
   * again, so it will hold more.
   */
  leastMs: number
  /** Longest: the restore phase to its end. */
  mostMs: number
  /** For how long the way home is watched. */
  restoreMs: number
  /** Requests through the router in `leastMs`. */
  requests: number
  /** Fewest requests, none failed, with which the success objective can be claimed. */
  needed: number
  enough: boolean
  /** The tenants by which the outage is judged, as its fault is held to one of them; empty where it is not. */
  tenants: TenantSample[]
  /** Of the requests, those of the tenant with the fewest; 1 where it is not judged by tenant. */
  leastShare: number
  /** Requests a second that would be enough in `leastMs`. */
  rateNeeded: number
}

/** A tenant's share of the load. */
export interface TenantShare {
  tenant: string
  /** Of the requests, 0 to 1. */
  share: number
}

export interface TenantSample {
  tenant: string
  requests: number
  enough: boolean
}

export interface SampleQuestion {
  /** Requests a second through the router. */
  perSecond: number
  /** The success objective, 0 to 1. */
  success: number
  /** Fewest requests, none failed, with which a success rate can be claimed. */
  leastSample: (success: number) => number
  /** Whether people arm what is broken, who may be late; nobody does where it is left out. */
  people?: boolean
  /** Whose requests the load sends; of one tenant where it is left out. */
  tenants?: readonly TenantShare[]
}

/** Requests a second at which so many in a row fit into an outage, and into the way home. Pure. */
export const rateForStretch = (
  { leastMs, restoreMs }: Pick<OutageSample, 'leastMs' | 'restoreMs'>,
  stretch: number,
): number => (stretch * 1000) / Math.min(leastMs, restoreMs)

/** Says for every fault how many requests its outage will hold, and how many the promise needs. Pure. */
export function samplePlan(
  planned: readonly PlannedPhase[],
  { perSecond, success, leastSample, people = false, tenants = [] }: SampleQuestion,
): OutageSample[] {
  const needed = leastSample(success)
  return planned.flatMap(({ phase, fault, name, index, startMs, plannedMs }) => {
    if (phase.phase !== 'break' || fault === null) return []
    const restore = planned.find((later) => later.index > index && later.kind === 'restore')
    const leastMs = people ? plannedMs - armingGraceMs(plannedMs) : plannedMs
    const requests = Math.floor((leastMs * perSecond) / 1000)
    const judged = tenantOf(phase.fault) === null ? [] : tenants
    const leastShare = Math.min(1, ...judged.map(({ share }) => share))
    return [
      {
        fault,
        name,
        kind: phase.fault.kind,
        target: phase.target,
        leastMs,
        mostMs: restore === undefined ? plannedMs : restore.startMs + restore.plannedMs - startMs,
        restoreMs: restore?.plannedMs ?? 0,
        requests,
        needed,
        enough: requests * leastShare >= needed,
        tenants: judged.map(({ tenant, share }) => {
          const own = Math.floor(requests * share)
          return { tenant, requests: own, enough: own >= needed }
        }),
        leastShare,
        rateNeeded: needed / leastShare / (leastMs / 1000),
      },
    ]
  })
}
