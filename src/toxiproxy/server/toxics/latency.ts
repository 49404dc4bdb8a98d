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
    for (;;) {
      const got = await stage.next()
      if (got === 'end') return stage.close()
      if (typeof got === 'string') return
      const dueMs = got.arrivedMs + delay(attributes, stage)
      const waitMs = dueMs - stage.now()
      // An interruption releases the chunk at once; those behind it follow whatever holds from then on.
      if (!(await stage.sleepUntil(dueMs))) return stage.emit(got)
      // For the toxics behind it a chunk is older by what it was held here, as in Toxiproxy, and not by what it waited for
      // its turn: of two latencies the second is shorter for a chunk that came while another was held.
      stage.emit({ data: got.data, arrivedMs: got.arrivedMs + waitMs })
    }
  },
}

/** Draws a delay from [latency - jitter, latency + jitter), in whole milliseconds as Toxiproxy does. */
function delay({ latency: middle, jitter }: Attributes<Field>, stage: { random: () => number }): number {
  return jitter > 0 ? middle + Math.floor(stage.random() * jitter * 2) - jitter : middle
}
