import type { Attributes, ToxicKind } from './toxic.ts'

type Field = 'latency' | 'jitter'

/**
 * Passes each chunk on at its time of arrival + latency ± jitter (milliseconds), in order. Chunks wait side by side, so
 * that the delay is added once and not for each. A bare end of the stream is not delayed; one behind data follows it.
 */
export const latency: ToxicKind<Field> = {
  type: 'latency',
  structName: 'LatencyToxic',
  fields: ['latency', 'jitter'],
  bufferChunks: 1024,

  async pipe(stage, attributes) {
    let earliestMs = 0
    for (;;) {
      const got = await stage.next()
      if (got === 'end') return stage.close()
      if (typeof got === 'string') return
      earliestMs = Math.max(earliestMs, got.arrivedMs + delay(attributes, stage))
      const slept = await stage.sleepUntil(earliestMs)
      // Stamped with the time it was due, not the time the timer fired: toxics behind this one then add up without drift.
      stage.emit({ data: got.data, arrivedMs: Math.max(earliestMs, got.arrivedMs) })
      // An interruption releases the chunk at once; those behind it follow whatever holds from then on.
      if (!slept) return
    }
  },
}

/** Draws a delay from [latency - jitter, latency + jitter), in whole milliseconds as Toxiproxy does. */
function delay({ latency: middle, jitter }: Attributes<Field>, stage: { random: () => number }): number {
  return jitter > 0 ? middle + Math.floor(stage.random() * jitter * 2) - jitter : middle
}
