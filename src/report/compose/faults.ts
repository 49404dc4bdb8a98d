import {
  besideClocks,
  faultClocks,
  idsOfTenant,
  outageRequests,
  outageWindow,
  observe,
  withoutRouter,
  type FaultClocks,
  type Outage as OutageSpan,
} from '../../measure/index.ts'
import type { FaultResult, Records, Sample } from '../../record/index.ts'
import { judgeObjectives, type Objectives } from '../../slo/index.ts'
import { baselineSpan, nearby, struckLater, type Nearby } from './nearby.ts'
import type { FaultStory, Story } from './story.ts'
import { composeTenants, tenantOfFault } from './tenants.ts'

/** A fault that was or is in force, with the requests that it is judged by. */
export interface Outage {
  number: number
  story: FaultStory
  result: FaultResult
  span: OutageSpan
  requests: Sample[]
}

export interface FaultsResult {
  faults: FaultResult[]
  outages: Outage[]
}

/** Measures every fault of the drill over its own outage, undiluted by the baseline. `cut` is not among the records. */
export function composeFaults(
  story: Story,
  records: Records,
  cut: ReadonlyMap<number, readonly Sample[]>,
): FaultsResult {
  const outages: Outage[] = []
  const faults = story.faults.map((fault) => {
    const { result, outage } = composeFault(fault, story, records, cut.get(fault.number))
    if (outage !== null) outages.push(outage)
    return result
  })
  return { faults, outages }
}

const NAMED_AT_MOST = 20

function cutResult(cut: readonly Sample[] | undefined): Pick<FaultResult, 'cutByRevert'> {
  if (cut === undefined) return {}
  return { cutByRevert: { requests: cut.length, samples: cut.slice(0, NAMED_AT_MOST).map(({ id }) => id) } }
}

function composeFault(
  fault: FaultStory,
  story: Story,
  records: Records,
  cut: readonly Sample[] | undefined,
): { result: FaultResult; outage: Outage | null } {
  const near = nearby(fault, baselineSpan(story), records)
  const struck = struckLater(story, fault)
  const unstruck = near.samples.filter((sample) => !struck(sample))
  const alone = measureFault(fault, story, { ...near, samples: unstruck })
  const isWhole = alone.clocks.failbackMs !== null || unstruck.length === near.samples.length
  // Where service never went home the outage lasts to the end of the restore phase, and all that was meant in it counts.
  const { clocks, span, samples } = isWhole ? alone : measureFault(fault, story, near)
  // Two faults of one phase make one outage, which is the primary's.
  const isBeside = fault.beside !== null && fault.target === 'secondary'

  const inForceMs = fault.inForce?.atMs ?? null
  const revertedMs = fault.reverted?.atMs ?? null
  const requests = span === null ? [] : outageRequests(samples, [span])
  // Only while it was in force: afterwards the control lane, too, reaches a healthy primary.
  const felt = { fromMs: inForceMs ?? 0, toMs: inForceMs === null ? 0 : (revertedMs ?? fault.restoreEndMs) }
  const tenant = tenantOfFault(fault)
  const ofTenant = tenant === null ? samples : samples.filter((sample) => sample.tenant === tenant)
  const objectives = objectivesOf(story)
  const result: FaultResult = {
    kind: fault.kind,
    target: fault.target,
    parameters: fault.parameters,
    skipped: fault.requested === null ? (fault.skipped?.reason ?? null) : null,
    requestedMs: fault.requested?.atMs ?? null,
    inForceMs,
    provenMs: fault.proven?.atMs ?? null,
    proof: fault.proven?.proof ?? null,
    proofEvidence: fault.proven?.evidence ?? [],
    revertedMs,
    goneMs: fault.gone?.atMs ?? null,
    goneProof: fault.gone?.proof ?? null,
    ...byHandOf(fault),
    ...(fault.beside === null ? {} : { beside: fault.beside.number }),
    outageEndMs: isBeside ? null : (span?.toMs ?? null),
    uncertaintyMs: fault.inForce?.uncertaintyMs ?? null,
    objectives: span === null || isBeside ? [] : judgeObjectives(observe(requests), objectives),
    ...(span === null || isBeside
      ? {}
      : composeTenants({ requests, samples, objectives, felt, only: tenant })),
    withoutRouter: isBeside ? { requests: 0, ok: 0, p95Ms: null } : withoutRouter(ofTenant, felt),
    ...(isBeside && inForceMs !== null ? besideClocks(clocks) : clocks),
    ...cutResult(cut),
  }
  return {
    result,
    outage: span === null || isBeside ? null : { number: fault.number, story: fault, result, span, requests },
  }
}

/** When a hand was asked and when it was seen to have done it; nothing where no hand was asked. */
function byHandOf({ hand }: FaultStory): Pick<FaultResult, 'byHand'> {
  const find = (type: 'hand.asked' | 'hand.done', to: 'revoke' | 'restore') =>
    hand.find((entry) => entry.type === type && entry.to === to)
  const asked = find('hand.asked', 'revoke')
  const revoked = find('hand.done', 'revoke')
  if (asked === undefined) return {}
  return {
    byHand: {
      askedMs: asked.atMs,
      lastAcceptedMs: revoked?.type === 'hand.done' ? revoked.lastMs : null,
      firstRefusedMs: revoked?.atMs ?? null,
      restoreAskedMs: find('hand.asked', 'restore')?.atMs ?? null,
      restoredMs: find('hand.done', 'restore')?.atMs ?? null,
    },
  }
}

/** Reads the clocks of a fault, and the span of its outage, which depends on one of them. */
function measureFault(
  fault: FaultStory,
  story: Story,
  { samples, attempts }: Nearby,
): { clocks: FaultClocks; span: OutageSpan | null; samples: Sample[] } {
  const inForceMs = fault.inForce?.atMs ?? null
  const times = {
    revertedMs: fault.reverted?.atMs ?? null,
    goneMs: fault.gone?.atMs ?? null,
    endOfRestoreMs: fault.restoreEndMs,
  }
  const tenant = tenantOfFault(fault)
  const clocks = faultClocks({
    ...(tenant === null ? {} : { struck: idsOfTenant(samples, tenant) }),
    samples,
    attempts,
    circuits: story.started.environment.router.kind === 'embedded' ? story.of('router.circuit') : null,
    fault: {
      target: fault.target,
      kind: fault.network ? 'network' : 'provider',
      whole: fault.whole,
      beside: fault.beside !== null,
      inForceMs,
      uncertaintyMs: fault.inForce?.uncertaintyMs ?? null,
      revertingMs: fault.reverting?.atMs ?? null,
      ...times,
    },
    baseline: baselineSpan(story),
    p95TargetMs: story.started.objectives.p95Ms,
  })
  const span =
    inForceMs === null
      ? null
      : outageWindow({
          inForceMs,
          uncertaintyMs: fault.inForce?.uncertaintyMs ?? null,
          failbackMs: clocks.failbackMs,
          ...times,
        })
  return { clocks, span, samples }
}

/** What the client was promised, as the rooms that judge take it. */
export function objectivesOf({ started }: Story): Objectives {
  const { success, p95Ms, costUsd } = started.objectives
  return { success, p95Ms, costUsd }
}
