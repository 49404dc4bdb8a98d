import { isDeepStrictEqual } from 'node:util'
import { EXIT, GamedayError } from '../../base/index.ts'
import type { Side, SideFault } from './side.ts'

/** A fault as both runs met it; null where a run ended before it. */
export interface FaultPair {
  first: SideFault | null
  second: SideFault | null
}

/**
 * Pairs the faults of two runs. Throws `NOT_COMPARABLE` where the drills break different things: then no number of the
 * one says anything about the other.
 */
export function pairFaults(first: Side, second: Side): FaultPair[] {
  const count = Math.max(first.faults.length, second.faults.length)
  return Array.from({ length: count }, (_, index) => {
    const pair = { first: first.faults[index] ?? null, second: second.faults[index] ?? null }
    const why = differs(pair)
    if (why !== null) throw notComparable(first, second, `fault ${index + 1} is ${why}`)
    return pair
  })
}

function differs({ first, second }: FaultPair): string | null {
  // A run that was stopped, or whose break was drawn or skipped, has fewer: what it has is compared.
  if (first === null || second === null) return null
  if (first.kind !== second.kind || first.target !== second.target)
    return `${nameOf(first)} in the first and ${nameOf(second)} in the second`
  const [of, and] = [first.parameters, second.parameters]
  return of === null || and === null || isDeepStrictEqual(of, and)
    ? null
    : `${nameOf(first)} with ${JSON.stringify(of)} in the first and with ${JSON.stringify(and)} in the second`
}

const nameOf = ({ kind, target }: SideFault) => `${kind} on ${target}`

function notComparable(first: Side, second: Side, why: string): GamedayError {
  return new GamedayError(
    `the runs ${first.run.id} (${first.drill.name}) and ${second.run.id} (${second.drill.name}) broke different things: ${why}`,
    {
      code: 'NOT_COMPARABLE',
      exitCode: EXIT.usage,
      hint: 'Compare two runs of the same drill: the names of their folders say which drill it was.',
    },
  )
}
