import type { Pass } from './circuit.ts'
import type { Question } from './question.ts'
import type { Target } from './target.ts'
import { canGo } from './translate/obstacles.ts'

export interface Choice {
  target: Target
  pass: Pass
}

/**
 * Chooses the next target in order, leaving out those that were asked already: first one whose circuit lets a live
 * request through, else one with an open circuit, since an attempt that will probably fail beats a certain refusal.
 * A question whose answer is not judged never takes the place of a probe. A target that the question cannot go to is no
 * choice at all.
 */
export function pick(
  targets: readonly Target[],
  asked: readonly Target[],
  question: Pick<Question, 'stream' | 'judged' | 'obstacles'>,
  nowMs: number,
): Choice | null {
  const { stream, judged } = question
  const left = targets.filter((target) => !asked.includes(target))
  for (const target of left) {
    if (!canGo(question, target)) continue
    const pass = judged || target.circuit.state === 'closed' ? target.circuit.admit(nowMs, stream) : null
    if (pass !== null) return { target, pass }
  }
  const last = left.find((target) => canGo(question, target))
  return last === undefined ? null : { target: last, pass: last.circuit.force() }
}
