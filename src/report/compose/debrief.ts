import { DEBRIEF_QUESTIONS, type Result } from '../../record/index.ts'
import type { Story } from './story.ts'

/** What was said in the debrief, in the order of its questions, and the day that was agreed on for the next drill. */
export function composeDebrief(story: Story): Result['debrief'] {
  const said = story.of('debrief.said')
  return {
    said: DEBRIEF_QUESTIONS.flatMap((about) =>
      said.filter((answer) => answer.about === about).map(({ who, text }) => ({ about, by: who, text })),
    ),
    nextDrill: story.of('next.proposed').at(-1)?.date ?? null,
  }
}
