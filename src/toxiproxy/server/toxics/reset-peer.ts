import type { ToxicKind } from './toxic.ts'

interface State {
  /** When the connection is to be closed (`clock.now()`, milliseconds); null until its first chunk. */
  closesMs: number | null
}

/**
 * Drops the first chunk and closes the connection `timeout` milliseconds later: with a reset when the connection opened
 * after the toxic was there, else plainly, because Toxiproxy decides that when a connection opens.
 */
export const resetPeer: ToxicKind<'timeout', State> = {
  type: 'reset_peer',
  structName: 'ResetToxic',
  fields: ['timeout'],
  resets: true,

  newState: () => ({ closesMs: null }),

  async pipe(stage, attributes) {
    if (stage.state.closesMs === null) {
      if ((await stage.take()) === 'interrupted') return
      stage.state.closesMs = stage.now() + attributes.timeout
    }
    if (await stage.sleepUntil(stage.state.closesMs)) stage.close()
  },

  // Once a chunk is lost, nothing may pass any more: neither an update nor the removal of the toxic calls the close off.
  staysOn: (state) => state.closesMs !== null,
}
