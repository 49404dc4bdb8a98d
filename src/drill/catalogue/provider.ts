import { z } from 'zod'
import type { TellFault } from './parts.ts'
import {
  emptyAnswer,
  longAnswer,
  priceMultiplied,
  tellEmptyAnswer,
  tellLongAnswer,
  tellPriceMultiplied,
  tellWrongContentType,
  wrongContentType,
} from './provider/answers.ts'
import { slowFirstToken, slowHeaders, tellSlowFirstToken, tellSlowHeaders } from './provider/delays.ts'
import {
  overloaded,
  quotaExhausted,
  rateLimited,
  requestRefused,
  serverError,
  tellOverloaded,
  tellQuotaExhausted,
  tellRateLimited,
  tellRequestRefused,
  tellServerError,
} from './provider/refusals.ts'
import { revokeKey, tellRevokeKey } from './provider/revoke-key.ts'
import {
  malformedChunk,
  pingsOnly,
  stalledStream,
  streamError,
  tellMalformedChunk,
  tellPingsOnly,
  tellStalledStream,
  tellStreamError,
  tellTruncatedStream,
  truncatedStream,
} from './provider/streams.ts'
import { asRead } from './as-read.ts'

/** The faults of a provider's own, which its gate makes. */
export const providerFaults = [
  revokeKey,
  rateLimited,
  quotaExhausted,
  serverError,
  overloaded,
  requestRefused,
  slowHeaders,
  slowFirstToken,
  pingsOnly,
  stalledStream,
  truncatedStream,
  streamError,
  malformedChunk,
  emptyAnswer,
  wrongContentType,
  longAnswer,
  priceMultiplied,
] as const
export type ProviderFaultSpec = z.infer<(typeof providerFaults)[number]>
export type ProviderFaultKind = ProviderFaultSpec['kind']

/** The same as they go over the wire to the gate: read already, durations in milliseconds and shares from 0 to 1. */
export const providerFaultAsRead: z.ZodType<ProviderFaultSpec> = asRead(
  z.discriminatedUnion('kind', providerFaults),
)

export const providerStories: {
  [K in ProviderFaultKind]: TellFault<Extract<ProviderFaultSpec, { kind: K }>>
} = {
  'revoke-key': tellRevokeKey,
  'rate-limited': tellRateLimited,
  'quota-exhausted': tellQuotaExhausted,
  'server-error': tellServerError,
  overloaded: tellOverloaded,
  'request-refused': tellRequestRefused,
  'slow-headers': tellSlowHeaders,
  'slow-first-token': tellSlowFirstToken,
  'pings-only': tellPingsOnly,
  'stalled-stream': tellStalledStream,
  'truncated-stream': tellTruncatedStream,
  'stream-error': tellStreamError,
  'malformed-chunk': tellMalformedChunk,
  'empty-answer': tellEmptyAnswer,
  'wrong-content-type': tellWrongContentType,
  'long-answer': tellLongAnswer,
  'price-multiplied': tellPriceMultiplied,
}
