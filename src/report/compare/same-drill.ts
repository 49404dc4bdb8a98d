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
  const sameVersion = first.run.versions.gameday === second.run.versions.gameday
  return Array.from({ length: count }, (_, index) => {
    const pair = { first: first.faults[index] ?? null, second: second.faults[index] ?? null }
    const why = differs(pair, sameVersion)
    if (why !== null) throw notComparable(first, second, `fault ${index + 1} is ${why}`)
    return pair
  })
}

function differs({ first, second }: FaultPair, sameVersion: boolean): string | null {
  // A run that was stopped has fewer: what it has is compared.
  if (first === null || second === null) return null
  if (first.kind !== second.kind || first.target !== second.target)
    return `${nameOf(first)} in the first and ${nameOf(second)} in the second`
  const [a, b] = [first.parameters, second.parameters]
  if (a === null || b === null) return null
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    // What only one of two versions writes down is a default of the other's; but for whom it hits, which has none.
    (key) => sameVersion || key === 'tenant' || (key in a && key in b),
  )
  const other = keys.find((key) => !isDeepStrictEqual(a[key], b[key]))
  if (other === undefined) return null
  return `${nameOf(first)} with ${told(other, a)} in the first and ${told(other, b)} in the second`
}

const told = (key: string, parameters: Record<string, unknown>) =>
  key in parameters ? `${key} ${String(parameters[key])}` : `no ${key}`
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
