import type { ToxicKind } from './toxic.ts'

interface State {
  passed: number
}

/** Passes exactly `bytes` bytes of a connection and direction, counted from when it was added, and then closes it. */
export const limitData: ToxicKind<'bytes', State> = {
  type: 'limit_data',
  structName: 'LimitDataToxic',
  fields: ['bytes'],

  newState: () => ({ passed: 0 }),

  async pipe(stage, { bytes }) {
    for (;;) {
      const got = await stage.next()
      if (got === 'end') return stage.close()
      if (typeof got === 'string') return
      const left = Math.max(0, bytes - stage.state.passed)
      const data = got.data.subarray(0, left)
      stage.state.passed += data.length
      if (data.length > 0) stage.emit({ data, arrivedMs: got.arrivedMs })
      // At the limit, and not only on the next byte.
      if (data.length === left) return stage.close()
    }
  },
}
