import { written, type Rewrite } from './rewrite.ts'

const COMMENT = new TextEncoder().encode(': ping\n\n')

/** Sends signs of life in place of tokens, from the first moment on and for as long as the fault is in force. */
export function pingsOnly(shape: 'comments' | 'events', everyMs: number): Rewrite {
  return async function* (pieces, shaping) {
    shaping.hit()
    shaping.stopAt(0)
    while (shaping.inForce()) {
      yield written(shape === 'comments' ? COMMENT : shaping.idleEvent())
      await shaping.whileInForce(everyMs)
    }
    shaping.stopAt(null)
    yield* pieces
  }
}
