import type { OpenQuestion } from '../question.ts'

/** Open questions in the order in which they are answered: the most urgent first, then as they were asked. */
export const inTurn = (open: readonly OpenQuestion[]): readonly OpenQuestion[] =>
  open.toSorted((a, b) => a.deadlineMs - b.deadlineMs)
