import type { Attempt } from './attempt.ts'
import type { Sample } from './sample.ts'

/** A request as its caller alone saw it, before the ledger of the gates is joined to it. */
export type Observed = Omit<Sample, 'phase' | 'servedBy' | 'attempts' | 'costUsd'>

/** What the gates saw, by request. */
export interface Ledger {
  add(attempt: Attempt): void
  /** Adds who served, how often it was tried, and what all attempts together cost. */
  join(observed: Observed, phase: string): Sample
  /** Whether every answer's tag is known, so that waiting longer would add nothing but late attempts. */
  knows(observed: Observed): boolean
}

/** Keeps attempts by request and by tag. */
export function createLedger(attempts: Iterable<Attempt> = []): Ledger {
  const byRequest = new Map<string, Attempt[]>()
  const byTag = new Map<string, Attempt>()

  const add = (attempt: Attempt) => {
    byTag.set(attempt.tag, attempt)
    if (attempt.requestId === null) return
    const seen = byRequest.get(attempt.requestId)
    if (seen === undefined) byRequest.set(attempt.requestId, [attempt])
    else seen.push(attempt)
  }
  for (const attempt of attempts) add(attempt)

  return {
    add,
    knows: ({ tag }) => tag !== null && byTag.has(tag),
    join: (observed, phase) => {
      const own = byRequest.get(observed.id) ?? []
      const serving = own.find(({ tag }) => tag === observed.tag)
      const costs = own.map(({ costUsd }) => costUsd)
      return {
        ...observed,
        phase,
        inputTokens: observed.inputTokens ?? serving?.inputTokens ?? null,
        outputTokens: observed.outputTokens ?? serving?.outputTokens ?? null,
        servedBy: servedBy(observed, own, serving, byTag),
        attempts: own.length,
        costUsd: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
      }
    },
  }
}

/**
 * The provider of the attempt whose tag the client received; never "a 200 in the ledger", because the gate cannot know
 * that a network fault ate its answer. An `ok` that no attempt was made for was the cache, also when it carries the tag
 * of another request's attempt. So was one whose attempts all came to nothing, if it carries such a tag: a cache that
 * answers when the providers cannot. Any other that carries the tag of none of its attempts is unmatched.
 */
function servedBy(
  { outcome, tag }: Observed,
  own: Attempt[],
  serving: Attempt | undefined,
  byTag: Map<string, Attempt>,
) {
  if (outcome !== 'ok') return null
  if (serving !== undefined) return serving.provider
  if (own.length === 0) return byTag.size > 0 ? 'cache' : null
  const anothers = tag !== null && byTag.has(tag)
  return anothers && own.every(({ failure, hungUp }) => failure !== null || hungUp) ? 'cache' : null
}
