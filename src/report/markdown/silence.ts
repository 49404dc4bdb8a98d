import type { Story } from '../compose/story.ts'

/** Why the debrief has no answer to something: `before the time was up`, or `before the drill was stopped`. */
export function untilWhen(story: Story): string {
  const debrief = story.phases.find(({ kind }) => kind === 'debrief')
  const stopped = story.of('abort').some(({ atMs }) => debrief !== undefined && atMs >= debrief.startMs)
  return stopped || story.ended?.reason === 'signal' || story.ended === null
    ? 'before the drill was stopped'
    : 'before the time was up'
}
