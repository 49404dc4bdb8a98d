import type { Pass } from './circuit.ts'
import type { Question } from './question.ts'
import type { Chosen, Route } from './route.ts'
import type { Target } from './target.ts'

export interface Choice {
  target: Target
  pass: Pass
  /** Null where it is simply the first in order. */
  chosen: Chosen | null
}

/**
 * Chooses the next target on a route, passing by those that `passedBy` has a word against: first one whose circuit lets
 * a live request through, else one with an open circuit, since an attempt that will probably fail beats a certain
 * refusal. But where a good one is merely full, the caller does better to come again in a moment.
 * A question whose answer is not judged never takes the place of a probe.
 */
export function pick(
  { order, by }: Route,
  passedBy: (target: Target) => Chosen | null,
  { stream, judged }: Pick<Question, 'stream' | 'judged'>,
  nowMs: number,
): Choice | null {
  const reasons: Chosen[] = []
  const open: Omit<Choice, 'pass'>[] = []
  for (const target of order) {
    const chosen = reasons[0] ?? by
    const reason = passedBy(target)
    if (reason === null) {
      const pass = judged || target.circuit.state === 'closed' ? target.circuit.admit(nowMs, stream) : null
      if (pass !== null) return { target, pass, chosen }
      open.push({ target, chosen })
    }
    reasons.push(reason ?? 'circuit')
  }
  const isCrowded = order.some(
    ({ circuit }, place) => circuit.state === 'closed' && reasons[place] === 'full',
  )
  const last = isCrowded ? undefined : open[0]
  return last === undefined ? null : { ...last, pass: last.target.circuit.force() }
}
