import { z } from 'zod'
import { duration, formatDuration } from '../../../base/index.ts'
import { hits, kind, shareText, type TellFault } from '../parts.ts'

/** Faults that show only in a stream, after a good status: a plain answer does not meet them. */

const afterTokens = (least: number, standard: number) =>
  z
    .int()
    .min(least)
    .max(10_000)
    .default(standard)
    .describe('How many tokens come first; an answer that has no more than these is spared')

export const pingsOnly = z.strictObject({
  kind: kind('pings-only'),
  shape: z
    .enum(['comments', 'events'])
    .default('events')
    .describe('What comes in place of tokens: SSE comments, or the vendor’s own events without content'),
  every: duration({ least: 50, most: 60_000 }).prefault('1s').describe('Time between two of them'),
  ...hits('streams'),
})

export const stalledStream = z.strictObject({
  kind: kind('stalled-stream'),
  afterTokens: afterTokens(1, 3),
  ...hits('streams'),
})

export const truncatedStream = z.strictObject({
  kind: kind('truncated-stream'),
  afterTokens: afterTokens(1, 3),
  ...hits('streams'),
})

export const streamError = z.strictObject({
  kind: kind('stream-error'),
  error: z
    .enum(['overloaded', 'insufficient-quota', 'rate-limited', 'server-error'])
    .default('overloaded')
    .describe('What the error event says, in the vendor’s words'),
  afterTokens: afterTokens(0, 0),
  ...hits('streams'),
})

export const malformedChunk = z.strictObject({
  kind: kind('malformed-chunk'),
  afterTokens: afterTokens(0, 3),
  ...hits('streams'),
})

export const tellPingsOnly: TellFault<z.infer<typeof pingsOnly>> = ({ shape, every, share }, target) => ({
  does: `the gate of the ${target} sends ${streams(share)} ${shape === 'comments' ? 'a comment' : 'an event without content'} every ${formatDuration(every)}, and no token`,
  undo: 'the gate lets the tokens through',
})

export const tellStalledStream: TellFault<z.infer<typeof stalledStream>> = (fault, target) => ({
  does: `the gate of the ${target} lets ${streams(fault.share)} stand still after ${tokens(fault.afterTokens)}`,
  undo: 'the gate lets every stream go on',
})

export const tellTruncatedStream: TellFault<z.infer<typeof truncatedStream>> = (fault, target) => ({
  does: `the gate of the ${target} ends ${streams(fault.share)} after ${tokens(fault.afterTokens)}, cleanly, as if that were all: without a finish reason and without the marker`,
  undo: 'the gate lets every stream end by itself',
})

export const tellStreamError: TellFault<z.infer<typeof streamError>> = (fault, target) => ({
  does: `the gate of the ${target} ends ${streams(fault.share)} with an error event (${fault.error}) after ${fault.afterTokens === 0 ? 'a good status and before any content' : tokens(fault.afterTokens)}`,
  undo: 'the gate adds no error event any more',
})

export const tellMalformedChunk: TellFault<z.infer<typeof malformedChunk>> = (fault, target) => ({
  does: `the gate of the ${target} cuts an event of ${streams(fault.share)} in half after ${tokens(fault.afterTokens)}, so that it cannot be read`,
  undo: 'the gate leaves every event whole',
})

const streams = (share: number) => shareText(share, 'every stream', 'the streams')
const tokens = (count: number) => `${count} token${count === 1 ? '' : 's'}`
