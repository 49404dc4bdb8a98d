import type { Result } from '../../record/index.ts'
import type { NotedMoment } from '../compose/noted-moment.ts'
import { peopleMoments } from '../compose/people.ts'
import type { Story } from '../compose/story.ts'
import { seconds } from '../format.ts'
import { escapeMarkdown } from './escape.ts'

/** How fast the people were, beside the router, in sentences; null when nobody attended. Markdown. */
export function peopleSentences(result: Result, story: Story): string | null {
  if (!result.run.attended) return null
  const moments = peopleMoments(story)
  const index = result.faults.findIndex(({ inForceMs }) => inForceMs !== null)
  const fault = result.faults[index]
  if (moments === null || fault === undefined)
    return 'No fault came into force, so there was nothing for you to notice, to decide or to restore.'
  const router =
    fault.stableMs === null
      ? 'the router was not stable while it lasted'
      : `the router was stable again after ${seconds(fault.stableMs)}`
  return [
    `When fault ${index + 1} struck (${fault.kind} on the ${fault.target}), ${router}; ${told(moments.notice, 'noted the first symptom', 'nobody noted a symptom')}, ${told(moments.decide, 'the first decision', 'nobody noted a decision')}.`,
    ...(result.run.blind
      ? [`What was broken was hidden: ${told(moments.diagnose, 'named it', 'nobody named it in time')}.`]
      : []),
    ...(moments.restore === null
      ? []
      : [`From the call to restore to proven restored it took ${seconds(moments.restore.ms)}.`]),
  ]
    .map(escapeMarkdown)
    .join(' ')
}

function told(moment: NotedMoment | null, did: string, nobody: string): string {
  return moment === null ? nobody : `${moment.by} ${did} after ${seconds(moment.ms)} (${moment.note})`
}
