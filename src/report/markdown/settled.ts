import type { Finding } from '../../record/index.ts'
import type { Story } from '../compose/story.ts'
import { escapeMarkdown } from './escape.ts'
import { untilWhen } from './silence.ts'

/**
 * Says who takes care of a finding and by when, or why nobody does; null where nobody was there to be asked. Markdown.
 */
export function settledText({ owner, due, whyNot }: Finding, story: Story): string | null {
  if (owner !== null)
    return `Owner: **${escapeMarkdown(owner)}**, due ${due === null ? 'on no day that was named' : `**${escapeMarkdown(due)}**`}`
  if (whyNot !== null) return `Owner: nobody, because ${escapeMarkdown(whyNot)}`
  if (!story.started.run.attended) return null
  return `Owner: **nobody**: ${
    story.phases.some(({ kind }) => kind === 'debrief')
      ? `not settled ${untilWhen(story)}`
      : 'the drill ended before its debrief'
  }`
}
