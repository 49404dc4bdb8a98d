import { z } from 'zod'
import { duration, formatDuration, type FaultTarget } from '../../../base/index.ts'
import { hits, kind, shareText, type FaultStory, type TellFault } from '../parts.ts'

/** Faults of a provider that says no, in its vendor's words, before it makes anything. */

export const rateLimited = z.strictObject({
  kind: kind('rate-limited'),
  retryAfter: duration({ least: 1, most: 3_600_000 })
    .exactOptional()
    .describe('How long the refusal asks to be left alone, in Retry-After; it does not say if left out'),
  ...hits('requests'),
})

export const quotaExhausted = z.strictObject({ kind: kind('quota-exhausted'), ...hits('requests') })

export const serverError = z.strictObject({ kind: kind('server-error'), ...hits('requests') })

export const overloaded = z.strictObject({
  kind: kind('overloaded'),
  status: z
    .literal([503, 529])
    .exactOptional()
    .describe('HTTP status; the vendor’s own if left out: 503 of OpenAI, 529 of Anthropic'),
  ...hits('requests'),
})

export const requestRefused = z.strictObject({
  kind: kind('request-refused'),
  shape: z
    .enum(['context-too-long', 'tools-unsupported'])
    .default('context-too-long')
    .describe('What a model that is smaller than the other cannot do: a context of that length, or tools'),
  ...hits('requests'),
})

export const tellRateLimited: TellFault<z.infer<typeof rateLimited>> = ({ retryAfter, share }, target) =>
  refuses(
    share,
    target,
    `429 rate_limit_exceeded, ${retryAfter === undefined ? 'without a Retry-After' : `with a Retry-After of ${formatDuration(retryAfter)}`}`,
  )

export const tellQuotaExhausted: TellFault<z.infer<typeof quotaExhausted>> = ({ share }, target) =>
  refuses(share, target, 'that its quota is used up, which no waiting mends')

export const tellServerError: TellFault<z.infer<typeof serverError>> = ({ share }, target) =>
  refuses(share, target, 'with a 500')

export const tellOverloaded: TellFault<z.infer<typeof overloaded>> = ({ status, share }, target) =>
  refuses(share, target, `that it is overloaded${status === undefined ? '' : `, with a ${status}`}`)

export const tellRequestRefused: TellFault<z.infer<typeof requestRefused>> = ({ shape, share }, target) =>
  refuses(
    share,
    target,
    shape === 'context-too-long'
      ? '400 context_length_exceeded, as a model with a smaller context would'
      : '400 that tools are not supported, as a model without them would',
  )

function refuses(share: number, target: FaultTarget, how: string): FaultStory {
  return {
    does: `the gate of the ${target} answers ${shareText(share, 'every request', 'the requests')} ${how}`,
    undo: 'the gate refuses nothing any more',
  }
}
