import type { Sample } from '../record/index.ts'
import type { Evidence } from './fault.ts'
import type { Marks } from './network-proof.ts'

/** An answer with its headers has at least so many bytes: 550 was the shortest of the simulated providers'. */
export const LEAST_ANSWER_BYTES = 500
/** On a busy machine an answer may take this long from the gate to its caller with nothing wrong. */
const NOTICEABLE_MS = 100

/**
 * How it shows that answers were held up on their way: they were whole at their caller so much later than at the gate,
 * or the caller's patience ended. What the provider itself took is not in it.
 */
export function heldUp(leastMs: number, { attempts }: Evidence): Pick<Marks, 'spared' | 'as' | 'felt'> {
  const wantedMs = Math.max(NOTICEABLE_MS, Math.floor(leastMs))
  const left = new Map(attempts.map(({ tag, endMs }) => [tag, endMs]))
  const felt = ({ outcome, tag, endMs }: Sample) => {
    const leftMs = tag === null ? null : left.get(tag)
    return outcome === 'timeout' || (leftMs != null && endMs !== null && endMs - leftMs >= wantedMs)
  }
  return {
    felt,
    spared: (sample) => !felt(sample),
    as: ` within ${wantedMs} ms of leaving its gate`,
  }
}
