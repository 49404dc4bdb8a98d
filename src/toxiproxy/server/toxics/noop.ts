import type { ToxicKind } from './toxic.ts'

/** Passes everything on as it comes. Also what runs where a toxic's toxicity spares a connection. */
export const noop: ToxicKind<never> = {
  type: 'noop',
  structName: 'NoopToxic',
  fields: [],

  async pipe(stage) {
    for (;;) {
      const got = await stage.next()
      if (got === 'end') return stage.close()
      if (typeof got === 'string') return
      stage.emit(got)
    }
  },
}
