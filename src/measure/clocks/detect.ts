import { failed, type DetectSource, type Timeline } from './fault.ts'

/** The first sign of the fault, at an absolute moment of the drill. */
export interface Detection {
  atMs: number
  source: DetectSource
}

/**
 * Finds the first sign of a fault before its revert: the end of the first failed attempt at the faulted target, for
 * a network fault (which the gate cannot see) the first arrival of a request at the other provider, or the end of the
 * first client-visible failure. Null if there was none.
 *
 * Requests in flight at t0 are left out. Since t0 is known only to within its uncertainty, a request sent in that gap
 * is not one of them: the very attempt that opens a circuit may fall there, and the next would be a probe seconds on.
 * An attempt also counts as failed when its caller hung up, which is how a too slow answer ends.
 */
export function detect({
  requests,
  attempts,
  network,
  target,
  other,
  earliest,
  until,
}: Timeline): Detection | null {
  const sentMs = new Map(requests.map(({ id, startedMs }) => [id, startedMs ?? -Infinity]))
  const afterFault = (requestId: string | null) => (sentMs.get(requestId ?? '') ?? -Infinity) >= earliest
  const first: Partial<Record<DetectSource, number>> = {}
  const sign = (source: DetectSource, atMs: number | null) => {
    if (atMs !== null && atMs <= until) first[source] = Math.min(first[source] ?? Infinity, atMs)
  }
  for (const attempt of attempts) {
    if (attempt.startMs < earliest || !afterFault(attempt.requestId)) continue
    if (attempt.provider === target && (attempt.failure !== null || attempt.hungUp))
      sign('attempt', attempt.endMs)
    if (attempt.provider === other && network) sign('arrival-elsewhere', attempt.startMs)
  }
  for (const request of requests) {
    if (failed(request) && afterFault(request.id)) sign('client-failure', request.endMs)
  }
  let detection: Detection | null = null
  for (const source of ['attempt', 'arrival-elsewhere', 'client-failure'] as const) {
    const atMs = first[source]
    if (atMs !== undefined && (detection === null || atMs < detection.atMs)) detection = { atMs, source }
  }
  return detection
}
