import type { Drill, OutageSample } from '../drill/index.ts'

/** Says that an outage will hold too few requests to claim the promise, and what to do about it. */
export function tooFewRequests(
  { file, objectives }: Drill,
  { name, requests, needed, rateNeeded, leastShare, tenants }: OutageSample,
): string {
  const promise = `${Number((objectives.success * 100).toFixed(3))} %`
  const held =
    tenants.length > 1
      ? `${Math.floor(requests * leastShare)} requests of one tenant and is judged by tenant`
      : `${requests} requests`
  return (
    `gameday: ${file}: ${name} will hold ${held}, too few to claim ${promise}: ${needed} are needed.\n` +
    `  Raise the rate to ${(Math.ceil(rateNeeded * 10) / 10).toFixed(1)}/s, lengthen the phase, or write claim: behaviour.\n`
  )
}
