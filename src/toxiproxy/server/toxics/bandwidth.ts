import type { ToxicKind } from './toxic.ts'

/** Chunks that would take longer than this are passed on in pieces that take this long. */
const PIECE_MS = 100

/**
 * Passes bytes on at `rate` kilobytes (1000 bytes) a second, for each connection and direction of its own. A chunk is held
 * for as long as its bytes take, and then released. Rate 0 holds everything back, as in Toxiproxy up to 2.12.
 */
export const bandwidth: ToxicKind<'rate'> = {
  type: 'bandwidth',
  structName: 'BandwidthToxic',
  fields: ['rate'],

  // Toxiproxy 2.12 accepts a negative rate and dies of the first byte.
  validate: ({ rate }) => (rate < 0 ? 'rate must be at least 0' : null),

  async pipe(stage, { rate: bytesPerMs }) {
    // How late the last timer fired: taken off the next wait, so that small errors do not add up to a lower rate.
    let lateMs = 0
    for (;;) {
      const got = await stage.next()
      if (got === 'end') return stage.close()
      if (typeof got === 'string') return
      if (bytesPerMs === 0) {
        await stage.hold()
        return stage.emit(got)
      }
      let rest = got.data
      let dueMs = stage.now() - lateMs
      while (rest.length > 0) {
        const piece = rest.subarray(0, bytesPerMs * PIECE_MS)
        dueMs += piece.length / bytesPerMs
        if (!(await stage.sleepUntil(dueMs))) {
          stage.emit({ data: rest, arrivedMs: got.arrivedMs })
          return
        }
        lateMs = stage.now() - dueMs
        stage.emit({ data: piece, arrivedMs: got.arrivedMs })
        rest = rest.subarray(piece.length)
      }
    }
  },
}
