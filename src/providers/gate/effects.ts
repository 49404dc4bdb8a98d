import type { ErrorAnswer, ErrorKind } from '../../wire/index.ts'
import type { GateFaultSpec } from '../types.ts'
import type { Effect } from './effect.ts'
import { cutAfter, errorAfter } from './rewrite/cut.ts'
import { malformedAfter } from './rewrite/malformed.ts'
import { pingsOnly } from './rewrite/pings-only.ts'
import { stallAfter } from './rewrite/stall.ts'
import { streamWithoutContent } from './rewrite/without-content.ts'

type GateFaultOf<K extends GateFaultSpec['kind']> = Extract<GateFaultSpec, { kind: K }>

/** Every fault of the gate, and what it does to a request that it hits. */
const EFFECTS: { [K in GateFaultSpec['kind']]: (spec: GateFaultOf<K>) => Effect } = {
  'revoke-key': ({ shape }) => refuse(shape),
  'rate-limited': ({ retryAfter }) => refuse('rate-limited', { retryAfterMs: retryAfter ?? null }),
  'quota-exhausted': () => refuse('insufficient-quota'),
  'server-error': () => refuse('server-error'),
  overloaded: ({ status }) => refuse('overloaded', {}, status),
  'request-refused': ({ shape }) => refuse(shape),
  'slow-headers': ({ delay }) => ({ headersLateMs: delay }),
  'slow-first-token': ({ delay }) => ({ firstTokenLateMs: delay }),
  'pings-only': ({ shape, every }) => ({ stream: pingsOnly(shape, every) }),
  'stalled-stream': ({ afterTokens }) => ({ stream: stallAfter(afterTokens) }),
  'truncated-stream': ({ afterTokens }) => ({ stream: cutAfter(afterTokens) }),
  'stream-error': ({ error, afterTokens }) => ({ stream: errorAfter(afterTokens, error) }),
  'malformed-chunk': ({ afterTokens }) => ({ stream: malformedAfter(afterTokens) }),
  'empty-answer': () => ({
    stream: streamWithoutContent,
    plain: (format, bodyText) => format.withoutContent(bodyText),
  }),
  'wrong-content-type': ({ shape }) =>
    shape === 'html' ? { instead: () => PAGE } : { contentType: 'text/plain; charset=utf-8' },
  'long-answer': ({ factor }) => ({ longer: factor }),
  'price-multiplied': ({ factor }) => ({ dearer: factor }),
}

/** Looks up what a fault does. */
export function effectOf<K extends GateFaultSpec['kind']>(spec: GateFaultOf<K> & GateFaultSpec): Effect {
  const make: (spec: GateFaultOf<K>) => Effect = EFFECTS[spec.kind as K]
  return make(spec)
}

function refuse(kind: ErrorKind, more: { retryAfterMs?: number | null } = {}, status?: number): Effect {
  return {
    instead: (format, details) => {
      const answer = format.errorAnswer(kind, { ...details, ...more })
      return status === undefined ? answer : { ...answer, status }
    },
  }
}

/** What a content delivery network shows while the house behind it is being painted. */
const PAGE: ErrorAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body><h1>We will be right back</h1></body></html>\n',
}
