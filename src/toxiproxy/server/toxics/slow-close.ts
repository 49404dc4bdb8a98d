import type { ToxicKind } from './toxic.ts'

/** Passes bytes on as they come, and the end of the stream `delay` milliseconds late. Removed early, it closes at once. */
export const slowClose: ToxicKind<'delay'> = {
  type: 'slow_close',
  structName: 'SlowCloseToxic',
  fields: ['delay'],

  async pipe(stage, { delay }) {
    for (;;) {
      const got = await stage.next()
      if (got === 'end') {
        if (await stage.sleepUntil(stage.now() + delay)) stage.close()
        return
      }
      if (typeof got === 'string') return
      stage.emit(got)
    }
  },
}
