import type { ToxicKind } from './toxic.ts'

/**
 * Drops everything. With a timeout above 0 (milliseconds) it closes the connection after that long without data: each
 * dropped chunk starts the time anew. With 0 it holds the connection open for good: a black hole.
 */
export const timeout: ToxicKind<'timeout'> = {
  type: 'timeout',
  structName: 'TimeoutToxic',
  fields: ['timeout'],

  async pipe(stage, attributes) {
    for (;;) {
      const got = await stage.take(attributes.timeout > 0 ? stage.now() + attributes.timeout : Infinity)
      if (got === 'interrupted') return
      if (got === 'end' || got === 'late') return stage.close()
    }
  },

  /** A connection that has lost bytes must not go on as if it had not. */
  cleanup(stage) {
    stage.close()
  },
}
