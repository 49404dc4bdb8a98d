import type { RunContext } from './context.ts'

/** Waits for a moment of the drill's clock; throws the stop when the run ends first. */
export async function until({ input: { clock }, ending, elapsed }: RunContext, atMs: number): Promise<void> {
  if (ending.signal.aborted) throw ending.signal.reason
  // A timer may go off up to a millisecond early.
  for (let left = atMs - elapsed(); left > 0; left = atMs - elapsed())
    await clock.sleep(Math.ceil(left), ending.signal)
}
