import type { Clock } from '../../base/index.ts'
import type { ChunkWriter } from '../../wire/index.ts'
import { usageOf, type Generation } from './generation.ts'

/** When the last token of an answer is made, in milliseconds from its start. */
export function lastDue({ dueMs }: Generation): number {
  return dueMs.at(-1) ?? 0
}

/** Waits until a time; at once if it has passed. Rejects with the signal's reason. */
export async function waitUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  for (let left = atMs - clock.now(); left > 0; left = atMs - clock.now()) {
    // Timers of less than a millisecond do not exist.
    await clock.sleep(Math.ceil(left), signal)
  }
}

export interface Pouring {
  chunks: ChunkWriter
  clock: Clock
}

/**
 * Pours an answer out token by token, each at its own time on an absolute schedule, so that a late one delays no other.
 * It is made as it is read, and stops being made when the reader goes away.
 */
export function streamOf(generation: Generation, { chunks, clock }: Pouring): ReadableStream<Uint8Array> {
  const { startMs, tokens, dueMs } = generation
  const gone = new AbortController()
  const encoder = new TextEncoder()
  let next = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await waitUntil(clock, startMs + dueMs[next]!, gone.signal)
        let text = next === 0 ? chunks.opening() : ''
        // Whatever is due by now leaves in one piece.
        for (const now = clock.now(); next < tokens.length && startMs + dueMs[next]! <= now; next++) {
          text += chunks.content(tokens[next]!)
        }
        const last = next === tokens.length
        if (last) text += chunks.ending({ ...usageOf(generation), outputTokens: tokens.length })
        controller.enqueue(encoder.encode(text))
        if (last) controller.close()
      },
      cancel(reason) {
        gone.abort(reason)
      },
    },
    // Nothing is made ahead of its reader.
    { highWaterMark: 0 },
  )
}
