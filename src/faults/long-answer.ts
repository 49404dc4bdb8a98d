import { GamedayError } from '../base/index.ts'
import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'
import { drawn } from './shown.ts'

/** Makes the target's answers longer, at their usual pace. Only a simulated provider can be told to. */
export function longAnswer(site: FaultSite, spec: FaultOf<'long-answer'>): Fault {
  const { gate, target } = site
  const fault = gateFault(site, spec, {
    ...drawn(spec.share),
    // Long is not wrong: the target may serve as before.
    whole: false,
    did: (attempts) =>
      `made ${spec.factor} times as long, of ${Math.max(...attempts.map(({ outputTokens }) => outputTokens ?? 0))} tokens at most`,
  })
  return {
    ...fault,
    plan: async () => {
      const { kind, name } = (await gate.state()).providers[target]
      if (kind === 'real') {
        throw new GamedayError(
          `the ${target}, ${name}, is a real provider: its answers cannot be made longer`,
          {
            code: 'FAULT_NOT_POSSIBLE',
            hint: 'Drill long-answer with a simulated provider, or use slow-first-token or stalled-stream here.',
          },
        )
      }
      return fault.plan()
    },
  }
}
