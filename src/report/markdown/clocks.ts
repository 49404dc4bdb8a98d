import { tPlus } from '../../base/index.ts'
import type { FaultResult, Result } from '../../record/index.ts'
import { count, counted, seconds, span } from '../format.ts'
import { judgeTargets, type TargetResult } from '../targets.ts'
import { isBeside, ownOutages } from '../own-outage.ts'
import { faultLabel, outageLabel } from '../words.ts'
import { escapeMarkdown } from './escape.ts'
import type { Table } from './table.ts'

/** The clocks of every fault that was in force; null when none was. */
export function clocksTable({ faults, targets }: Result): Table | null {
  const rows = ownOutages(faults).map(({ fault, index }) => row(faults, fault, index, targets))
  if (rows.length === 0) return null
  return {
    header: [
      'fault',
      'in force',
      'detect',
      'switch',
      `**stable** (≤ ${span(targets.failoverMs)})`,
      'failed',
      'slow',
      `tax (≤ ${span(targets.taxMs)})`,
      `home again (≤ ${span(targets.failbackMs)})`,
    ],
    align: 'llrrrrrrr',
    rows,
  }
}

function row(
  faults: readonly FaultResult[],
  fault: FaultResult,
  index: number,
  targets: Result['targets'],
): string[] {
  const [failover, failback, tax] = judgeTargets(fault, targets)
  return [
    escapeMarkdown(outageLabel(faults, index)),
    `${tPlus(fault.inForceMs ?? 0)} ± ${span(fault.uncertaintyMs ?? 0)}`,
    clock(fault, 'detect', fault.detectMs),
    clock(fault, 'switch', fault.switchMs),
    judged(failover, (ms) => `**${seconds(ms)}**`),
    count(fault.failedRequests),
    count(fault.slowRequests),
    judged(tax, (ms) => `${ms >= 0.05 ? '+' : ''}${span(ms)}`),
    judged(failback, seconds),
  ]
}

function clock({ notReached }: FaultResult, name: string, ms: number | null): string {
  if (ms !== null) return seconds(ms)
  const waited = notReached[name]
  return waited === undefined ? 'not seen' : `not reached in ${seconds(waited)}`
}

function judged(target: TargetResult | undefined, write: (ms: number) => string): string {
  if (target === undefined) return 'not seen'
  if (target.observedMs !== null)
    return `${write(target.observedMs)} ${target.verdict === 'met' ? '✓' : '**✗**'}`
  if (target.waitedMs === null) return 'not measured'
  return `not reached in ${seconds(target.waitedMs)} ${target.verdict === 'missed' ? '**✗**' : '?'}`
}

const SOURCES = {
  attempt: 'a failed attempt at the gate',
  'arrival-elsewhere': 'a request arriving at the other provider',
  'client-failure': 'a failure that a client saw',
} as const

/** What the table has no column for, a sentence or three a fault. */
export function clockNotes({ faults, environment }: Result): string[] {
  return faults.flatMap((fault, index) => {
    if (fault.inForceMs === null) return []
    const parts = [
      fault.detectSource === null
        ? 'no sign of it was seen from outside'
        : `its first sign was ${SOURCES[fault.detectSource]}`,
      tripText(fault, environment.router.kind),
      ...(fault.target === 'router'
        ? []
        : [
            `${fault.probes === 0 ? 'no attempt' : counted(fault.probes, 'attempt')} at the ${fault.target} followed while it was out`,
          ]),
      fault.flaps === 0
        ? 'service did not change sides again'
        : `service changed sides ${counted(fault.flaps, 'more time', 'more times')}`,
      `${counted(fault.inFlight, 'request was', 'requests were')} in flight when it struck`,
    ]
    if (isBeside(fault))
      return [
        `**${escapeMarkdown(faultLabel(fault, index))}**: in force beside ${escapeMarkdown(`${(fault.beside ?? 0) + 1}`)} from ${tPlus(fault.inForceMs)}, so that no provider was left; ${parts.slice(0, 3).join('; ')}.`,
      ]
    const blip =
      fault.failedRequests === 0
        ? 'Clients saw no failure.'
        : `Clients saw failures for ${span(fault.blipMs ?? 0)}, the last one ${seconds(fault.lastFailureMs ?? 0)} after it struck.`
    return [
      `**${escapeMarkdown(faultLabel(fault, index))}**: ${parts.join('; ')}. ${blip}${cutText(fault)}${byHandText(fault)}`,
    ]
  })
}

/** Said although it is none, for a reader who knows that such a fault cuts connections as it goes. */
function cutText({ cutByRevert }: FaultResult): string {
  if (cutByRevert === undefined) return ''
  const { requests, samples } = cutByRevert
  if (requests === 0) return ' Its undoing closes connections; no request failed by that.'
  return ` Its undoing closes connections, and ${counted(requests, 'request')} failed by that (${samples.map(escapeMarkdown).join(', ')}): the tool’s doing, counted nowhere.`
}

/** How long the hand took, and for how long nobody knows whether the key still worked. */
function byHandText({ byHand }: FaultResult): string {
  if (byHand === undefined) return ''
  const { askedMs, lastAcceptedMs, firstRefusedMs, restoreAskedMs, restoredMs } = byHand
  const revoked =
    firstRefusedMs === null || lastAcceptedMs === null
      ? 'and the key was never seen refused'
      : `the key was last accepted at ${tPlus(lastAcceptedMs)} and first refused at ${tPlus(firstRefusedMs)}, ${seconds(firstRefusedMs - askedMs)} after the asking`
  const restored =
    restoreAskedMs === null
      ? ''
      : restoredMs === null
        ? ` Asked to restore it at ${tPlus(restoreAskedMs)}, nobody was seen to have done it.`
        : ` Asked to restore it at ${tPlus(restoreAskedMs)}, and it was accepted again after ${seconds(restoredMs - restoreAskedMs)}.`
  return ` By hand: asked at ${tPlus(askedMs)}, ${revoked}.${restored}`
}

function tripText({ tripMs, notObservable, notReached }: FaultResult, kind: 'embedded' | 'external'): string {
  if (tripMs !== null) return `the circuit opened after ${seconds(tripMs)}`
  if (notObservable['trip'] !== undefined)
    return kind === 'external'
      ? 'this router does not tell about its circuit'
      : escapeMarkdown(notObservable['trip'])
  return notReached['trip'] === undefined
    ? 'no circuit was seen to open'
    : `the circuit did not open in ${seconds(notReached['trip'])}`
}
