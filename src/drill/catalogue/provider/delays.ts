import { z } from 'zod'
import { duration, formatDuration } from '../../../base/index.ts'
import { hits, kind, shareText, type TellFault } from '../parts.ts'

/** Faults of a provider that is late: with all of its answer, or with its first word. */

const delay = (what: string) => duration({ least: 1, most: 600_000 }).describe(`Added before ${what}`)

export const slowHeaders = z.strictObject({
  kind: kind('slow-headers'),
  delay: delay('the first header'),
  ...hits('requests'),
})

export const slowFirstToken = z.strictObject({
  kind: kind('slow-first-token'),
  delay: delay('the first token'),
  ...hits('requests'),
})

export const tellSlowHeaders: TellFault<z.infer<typeof slowHeaders>> = (fault, target) => ({
  does: `the gate of the ${target} says nothing at all to ${shareText(fault.share, 'every request', 'the requests')} for ${formatDuration(fault.delay)}, and asks the provider only then`,
  undo: 'the gate holds nothing back any more',
})

export const tellSlowFirstToken: TellFault<z.infer<typeof slowFirstToken>> = (fault, target) => ({
  does: `the gate of the ${target} holds back the first token of ${shareText(fault.share, 'every answer', 'the answers')} by ${formatDuration(fault.delay)}`,
  undo: 'the gate holds nothing back any more',
})
