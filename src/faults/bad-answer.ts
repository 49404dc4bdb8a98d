import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'
import { drawn } from './shown.ts'

/** Takes the content out of the target's answers at its gate, plain and streamed. */
export function emptyAnswer(site: FaultSite, spec: FaultOf<'empty-answer'>): Fault {
  return gateFault(site, spec, {
    ...drawn(spec.share),
    did: () => 'answered 200 without content',
    felt: ({ class: failure }) => failure === 'empty',
  })
}

/** Labels the target's answers otherwise at its gate, or puts a page in HTML in their place. */
export function wrongContentType(site: FaultSite, spec: FaultOf<'wrong-content-type'>): Fault {
  if (spec.shape === 'html') {
    return gateFault(site, spec, {
      ...drawn(spec.share),
      did: () => 'answered 200 with a page in HTML',
      felt: ({ outcome, status }) => outcome === 'failed' && status === 200,
    })
  }
  // Who does not look at the label reads on, and is served as well as ever: only the ledger can tell.
  return gateFault(site, spec, {
    ...drawn(spec.share),
    whole: false,
    did: () => 'labelled text/plain',
  })
}
