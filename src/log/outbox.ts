import { messageOf, type Clock } from '../base/index.ts'

/** What became of a batch: taken; refused for good; or to be tried again later. */
export type Delivery = { state: 'taken' } | { state: 'refused' | 'later'; why: string }

export interface OutboxOptions<T> {
  clock: Clock
  /** Most items that wait. One more and it is dropped. */
  most: number
  /** Most items of one delivery. */
  batch: number
  /** Waits so long for more before it delivers; ever longer, up to `slowest`, while a delivery has to be tried again. */
  everyMs: number
  slowestMs: number
  /** Never called again before it is through. What it throws means later. `lost` is what was dropped since the last one taken. */
  deliver: (items: readonly T[], lost: number) => Promise<Delivery>
  /** Told once when deliveries begin to fail, and once when they succeed again. */
  onChange: (change: { failing: boolean; why: string; lost: number }) => void
}

export interface OutboxFigures {
  taken: number
  /** Dropped because too many waited, refused, or still waiting when it was closed. */
  lost: number
}

/** Takes things at any time without ever waiting, and delivers them in batches, one after the other. */
export interface Outbox<T> {
  add(item: T): void
  figures(): OutboxFigures
  /** Delivers what waits, for up to `graceMs`; the rest is lost. */
  close(graceMs: number): Promise<void>
}

/** Opens an outbox: a bounded queue before something slow, which never slows down who fills it. */
export function openOutbox<T>(options: OutboxOptions<T>): Outbox<T> {
  const { clock, most, batch, everyMs, slowestMs, deliver, onChange } = options
  let waiting: T[] = []
  let [taken, lost, lostSince] = [0, 0, 0]
  let failing = false
  let waitMs = everyMs
  let closing: { untilMs: number } | null = null
  const waking = new AbortController()

  const lose = (count: number) => {
    lost += count
    lostSince += count
  }
  const change = (isFailing: boolean, why: string) => {
    if (failing === isFailing) return
    failing = isFailing
    onChange({ failing, why, lost })
  }

  const once = async (): Promise<void> => {
    // Taken out meanwhile, so that the bound holds for what waits behind it.
    const items = waiting.slice(0, batch)
    waiting = waiting.slice(batch)
    const told = lostSince
    const delivery = await attempt(() => deliver(items, told))
    if (delivery.state === 'later') {
      waiting = [...items, ...waiting]
      const over = waiting.length - most
      if (over > 0) {
        waiting = waiting.slice(0, most)
        lose(over)
      }
      waitMs = Math.min(slowestMs, waitMs * 2)
      return change(true, delivery.why)
    }
    waitMs = everyMs
    if (delivery.state === 'refused') {
      lose(items.length)
      return change(true, delivery.why)
    }
    taken += items.length
    lostSince -= told
    change(false, '')
  }

  const run = async (): Promise<void> => {
    for (;;) {
      if (closing === null) await clock.sleep(waitMs, waking.signal).catch(() => undefined)
      else if (failing) await clock.sleep(Math.min(waitMs, Math.max(0, closing.untilMs - clock.now())))
      while (waiting.length > 0 && !(closing !== null && clock.now() >= closing.untilMs)) {
        await once()
        if (failing) break
      }
      if (closing !== null && (waiting.length === 0 || clock.now() >= closing.untilMs)) return
    }
  }
  const done = run()

  return {
    add(item) {
      if (closing !== null || waiting.length >= most) lose(1)
      else waiting.push(item)
    },
    figures: () => ({ taken, lost }),
    async close(graceMs) {
      closing ??= { untilMs: clock.now() + graceMs }
      waking.abort()
      await done
      lose(waiting.length)
      waiting = []
    },
  }
}

async function attempt(deliver: () => Promise<Delivery>): Promise<Delivery> {
  try {
    return await deliver()
  } catch (error) {
    return { state: 'later', why: messageOf(error) }
  }
}
