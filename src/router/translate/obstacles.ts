import type { Question } from '../question.ts'
import type { Target } from '../target.ts'

/** Says which targets a question could not be put to, and what kept it from them; null if it can go to all. */
export function keptFrom(question: Question, targets: readonly Target[]): string | null {
  const sentences = targets.flatMap((target) => {
    const obstacles = question.obstacles(target)
    const { role, name } = target.config
    return obstacles.length === 0 ? [] : [`${role} (${name}) cannot take ${obstacles.join(', ')}`]
  })
  return sentences.length === 0 ? null : sentences.join(' | ')
}

/** Whether a question can be put to a target. */
export function canGo(question: Pick<Question, 'obstacles'>, target: Target): boolean {
  return question.obstacles(target).length === 0
}
