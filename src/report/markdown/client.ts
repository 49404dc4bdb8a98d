import type { FaultResult, Result } from '../../record/index.ts'
import { count, listed, longDate, percent, seconds, sentence, span, timeOrInfinite } from '../format.ts'
import { ownOutages } from '../own-outage.ts'
import { providersText, whatItDid } from '../words.ts'

/**
 * Two sentences that may be shown to a client: what was done and what was seen, then what follows from it. Neither
 * says more than the drill showed: whose providers, what kind of load, and what the sample cannot carry.
 */
export function clientSentences(result: Result): string {
  const faults = result.faults.filter(({ inForceMs }) => inForceMs !== null)
  if (faults.length === 0)
    return `In a drill on ${longDate(result.run.startedAt)} nothing was broken. It shows nothing about an outage, good or bad.`
  const outages = ownOutages(result.faults).map(({ fault }) => fault)
  return `${whatWasSeen(result, faults, outages.length)} ${whatFollows(result, outages)}`
}

function whatWasSeen(result: Result, faults: readonly FaultResult[], outages: number): string {
  const done = listed(
    faults.map(
      (fault) =>
        `${whatItDid(fault)}${fault.revertedMs === null ? '' : ` for ${span(fault.revertedMs - (fault.inForceMs ?? 0))}`}`,
    ),
  )
  const [success, p95] = result.objectives
  const head = `In a drill on ${longDate(result.run.startedAt)} with ${providersText(result)}, ${done}`
  if (success === undefined || p95 === undefined || success.n === 0)
    return `${head}, and no test request was sent meanwhile.`
  const ok = Math.round(Number(success.observed ?? 0) * success.n)
  const answered =
    p95.observed === null || p95.observed === 'inf'
      ? `and fewer than 95 % of them were answered at all (promised: within ${span(p95.target)})`
      : `and 95 % of them were answered within ${timeOrInfinite(p95.observed)} (promised: ${span(p95.target)})`
  return `${head}; ${count(ok)} of the ${count(success.n)} test requests in ${outages === 1 ? 'this outage' : 'these outages'} succeeded (${percent(ok / success.n)}, promised: ${percent(success.target)}), ${answered}.`
}

function whatFollows(result: Result, faults: readonly FaultResult[]): string {
  switch (result.verdict) {
    case 'held':
      return `${recovery(faults)}${reservation(result, faults)}.`
    case 'weak':
      return `The drill found a weakness: ${result.decidedBy}.`
    case 'unproven':
      return `These numbers prove nothing either way, because ${result.decidedBy}.`
    case 'rollback-failed':
      return 'It is not proven that everything was put back, so the drill is not over.'
    case 'aborted':
      return 'The drill was stopped before its end, so these numbers are not a result.'
    case 'not-ready':
    case null:
      return `The drill did not come to its end, so these numbers are not a result: ${result.decidedBy}.`
  }
}

function recovery(faults: readonly FaultResult[]): string {
  const slowest = (clock: 'stableMs' | 'failbackMs') => Math.max(...faults.map((fault) => fault[clock] ?? 0))
  const each = faults.length === 1 ? 'the fault' : 'each fault'
  const repair = faults.length === 1 ? 'the repair' : 'each repair'
  return sentence(
    `service was stable again within ${seconds(slowest('stableMs'))} of ${each} and back where it belongs within ${seconds(slowest('failbackMs'))} of ${repair}`,
  )
}

function reservation({ drill, objectives, environment }: Result, faults: readonly FaultResult[]): string {
  const open = objectives
    .concat(faults.flatMap(({ objectives: own }) => own))
    .some(({ verdict }) => verdict === 'inconclusive')
  if (drill.claim === 'recovery') return '; for the time of such an outage itself nothing is promised'
  if (drill.claim === 'behaviour' || open)
    return `, but ${count(Math.min(...faults.map(({ objectives: own }) => own[0]?.n ?? 0)))} requests in an outage are too few to claim the promise itself`
  return environment.providers.every(({ kind }) => kind === 'simulated')
    ? '; this shows the router under these faults, not how a real provider fails'
    : ''
}
