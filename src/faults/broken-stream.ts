import type { FaultOf } from '../drill/index.ts'
import type { Sample } from '../record/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'

type BrokenStream = FaultOf<
  'pings-only' | 'stalled-stream' | 'truncated-stream' | 'stream-error' | 'malformed-chunk'
>

/** What each did to a stream, and how its caller tells. */
const SHOWS: { [K in BrokenStream['kind']]: { did: string; felt: (sample: Sample) => boolean } } = {
  'pings-only': {
    did: 'sent signs of life and no token',
    felt: ({ outcome, headersMs, firstTokenMs }) =>
      outcome === 'timeout' && headersMs !== null && firstTokenMs === null,
  },
  'stalled-stream': {
    did: 'left standing in the middle',
    felt: ({ outcome, firstTokenMs }) => outcome === 'timeout' && firstTokenMs !== null,
  },
  'truncated-stream': { did: 'ended in the middle', felt: ({ outcome }) => outcome === 'truncated' },
  'stream-error': {
    did: 'ended by an error event after a 200',
    felt: ({ outcome, status }) => outcome === 'failed' && status === 200,
  },
  'malformed-chunk': {
    did: 'sent an event cut in half',
    felt: ({ class: failure }) => failure === 'malformed',
  },
}

/** Breaks the target's streams at its gate after a good status, in one of several ways. Plain answers are spared. */
export function brokenStream(site: FaultSite, spec: BrokenStream): Fault {
  const { did, felt } = SHOWS[spec.kind]
  const share = spec.share < 1 ? `, and its share is ${Number((spec.share * 100).toFixed(2))} %` : ''
  const after = 'afterTokens' in spec ? ` of more than ${spec.afterTokens} tokens` : ''
  return gateFault(site, spec, {
    // A plain answer is as good as ever, so that the target may serve some requests still.
    whole: false,
    streams: true,
    spared: `only streams${after} show it${share}`,
    did: () => did,
    felt,
  })
}
