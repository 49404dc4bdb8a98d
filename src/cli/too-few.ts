import {
  rateForStretch,
  samplePlan,
  type Drill,
  type OutageSample,
  type PlannedPhase,
} from '../drill/index.ts'
import { STRETCH } from '../measure/index.ts'
import { leastSample } from '../slo/index.ts'
import type { Setup } from './setup.ts'
import { tenantShares } from './tenants.ts'

/** Says of every outage that will hold too few requests for what the drill is to find out, and what to do about it. */
export function tooFewRequests(
  drill: Drill,
  planned: readonly PlannedPhase[],
  { perSecond, prompts }: Pick<Setup, 'perSecond' | 'prompts'>,
): string[] {
  const { file, claim } = drill
  const { success } = drill.objectives
  const promise = `${Number((success * 100).toFixed(3))} %`
  const tenants = tenantShares(prompts)
  return samplePlan(planned, { perSecond, success, leastSample, tenants }).flatMap((outage) => {
    const { name, needed, enough, rateNeeded } = outage
    const toSee = rateForStretch(outage, STRETCH)
    return [
      ...(enough || claim !== 'slo'
        ? []
        : [
            `${file}: ${name} will hold ${heldIn(outage)}, too few to claim ${promise}: ${needed} are needed.\n` +
              `  Raise the rate to ${rate(rateNeeded)}, lengthen the phase, or write claim: behaviour.\n`,
          ]),
      ...(toSee <= perSecond
        ? []
        : [
            `${file}: ${name} will hold too few requests to see failover and coming home: ${STRETCH} in a row have to be good, in the break and in its restore phase.\n` +
              `  Raise the rate to ${rate(toSee)}, or lengthen them.\n`,
          ]),
    ]
  })
}

const heldIn = ({ requests, leastShare, tenants }: OutageSample) =>
  tenants.length > 1
    ? `${Math.floor(requests * leastShare)} requests of one tenant and is judged by tenant`
    : `${requests} requests`

const rate = (perSecond: number) => `${(Math.ceil(perSecond * 10) / 10).toFixed(1)}/s`
