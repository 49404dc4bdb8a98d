import type { Clock } from '../../base/index.ts'
import type { RequestRecord } from '../../record/index.ts'
import { openOutbox, type Delivery, type Outbox } from '../outbox.ts'

/** Most requests that wait for a receiver. */
const MOST_WAITING = 2000
const EVERY_MS = 1000
const SLOWEST_MS = 60_000

export interface ExporterOptions {
  /** What people know the receiver by. */
  name: string
  /** Most requests of one call. */
  batch: number
  send: (records: readonly RequestRecord[]) => Promise<Delivery>
  clock: Clock
  say: (text: string) => void
}

/** Opens the way of requests to a receiver elsewhere, which may be slow, down or refuse: nobody waits for it. */
export function openExporter({ name, batch, send, clock, say }: ExporterOptions): Outbox<RequestRecord> {
  return openOutbox({
    clock,
    most: MOST_WAITING,
    batch,
    everyMs: EVERY_MS,
    slowestMs: SLOWEST_MS,
    deliver: send,
    onChange: ({ failing, why, lost }) =>
      say(
        failing
          ? `${name} takes no requests: ${why}; they are answered and logged all the same`
          : `${name} takes requests again; it missed ${lost}`,
      ),
  })
}
