import type { FaultKind, FaultOf, FaultSpec } from '../drill/index.ts'
import { emptyAnswer, wrongContentType } from './bad-answer.ts'
import { blackHole } from './black-hole.ts'
import { brokenStream } from './broken-stream.ts'
import { cutAfter } from './cut-after.ts'
import { byHand } from './by-hand.ts'
import type { Fault, FaultSite } from './fault.ts'
import { flapping } from './flapping.ts'
import { latency } from './latency.ts'
import { longAnswer } from './long-answer.ts'
import { priceMultiplied } from './price-multiplied.ts'
import { refusal } from './refusal.ts'
import { refused } from './refused.ts'
import { resetMidAnswer } from './reset-mid-answer.ts'
import { reset } from './reset.ts'
import { routerKilled } from './router-killed.ts'
import { revokeKey } from './revoke-key.ts'
import { sliced } from './sliced.ts'
import { slowClose } from './slow-close.ts'
import { slowFirstToken } from './slow-first-token.ts'
import { slowHeaders } from './slow-headers.ts'
import { throttle } from './throttle.ts'

export type { Evidence, Fault, FaultSite, HandSite, Proof, RouterSite } from './fault.ts'

type Make<K extends FaultKind> = (site: FaultSite, spec: FaultOf<K>) => Fault

const FAULTS: { [K in FaultKind]: Make<K> } = {
  // of the provider, made by its gate
  'revoke-key': revokeKey,
  'rate-limited': refusal,
  'quota-exhausted': refusal,
  'server-error': refusal,
  overloaded: refusal,
  'request-refused': refusal,
  'slow-headers': slowHeaders,
  'slow-first-token': slowFirstToken,
  'pings-only': brokenStream,
  'stalled-stream': brokenStream,
  'truncated-stream': brokenStream,
  'stream-error': brokenStream,
  'malformed-chunk': brokenStream,
  'empty-answer': emptyAnswer,
  'wrong-content-type': wrongContentType,
  'long-answer': longAnswer,
  'price-multiplied': priceMultiplied,
  // of the network, made by Toxiproxy
  'black-hole': blackHole,
  'cut-after': cutAfter,
  flapping,
  latency,
  refused,
  reset,
  'reset-mid-answer': resetMidAnswer,
  sliced,
  'slow-close': slowClose,
  throttle,
  // made by a person
  'by-hand': byHand,
  // of the router, made by the stage
  'router-killed': routerKilled,
}

/** Makes the fault that a drill file names, for one site. */
export function createFault<K extends FaultKind>(site: FaultSite, spec: FaultOf<K> & FaultSpec): Fault {
  const make: Make<K> = FAULTS[spec.kind as K]
  return make(site, spec)
}
