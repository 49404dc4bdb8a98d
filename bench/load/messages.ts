/** What the processes of the load's benchmark tell each other. Times are absolute monotonic milliseconds. */

/** One request by the server's own clock. */
export interface Stamp {
  receivedMs: number
  endMs: number
}

export interface FreezeOrder {
  afterMs: number
  forMs: number
}

export type ToServer = { type: 'freeze'; freeze: FreezeOrder } | { type: 'report' }

export type FromServer =
  | { type: 'listening'; port: number }
  | { type: 'report'; stamps: Record<string, Stamp>; frozen: { fromMs: number; toMs: number } | null }

export interface LoadOrder {
  kind: 'gameday' | 'bare'
  url: string
  perSecond: number
  forMs: number
  seed: number
}

/** One request by the client's clock. */
export interface Seen {
  id: string
  intendedMs: number
  startedMs: number | null
  endMs: number | null
  ok: boolean
}

export interface LoadReport {
  type: 'report'
  offered: number
  dropped: number
  dispatchLagP99Ms: number | null
  loopDelayP99Ms: number | null
  seen: Seen[]
}
