import { bandwidth } from './bandwidth.ts'
import { latency } from './latency.ts'
import { limitData } from './limit-data.ts'
import { noop } from './noop.ts'
import { resetPeer } from './reset-peer.ts'
import { slicer } from './slicer.ts'
import { slowClose } from './slow-close.ts'
import { timeout } from './timeout.ts'
import type { ToxicKind } from './toxic.ts'

/** Every kind of toxic that the embedded server knows, by its name in the API. A new one is a file and a word here. */
export const TOXIC_KINDS: ReadonlyMap<string, ToxicKind> = new Map<string, ToxicKind>(
  [bandwidth, latency, limitData, noop, resetPeer, slicer, slowClose, timeout].map((kind) => [
    kind.type,
    kind,
  ]),
)
