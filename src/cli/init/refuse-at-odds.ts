import { GamedayError } from '../../base/index.ts'
import { dashed, ofProviders, ofRouter, type InitFlags } from './flags.ts'

/** Refuses flags that would be passed over in silence, because another says or leaves out what they hang on. Throws `BAD_FLAG`. */
export function refuseAtOdds(flags: InitFlags): void {
  const [provider] = ofProviders(flags)
  if (flags.simulated === true && provider !== undefined) {
    throw new GamedayError(`--simulated beside ${dashed(provider)}, which is for providers of your own`, {
      code: 'BAD_FLAG',
      hint: 'Leave out --simulated, or all that is said of your own providers.',
    })
  }
  const [router] = ofRouter(flags)
  if (flags.router === undefined && router !== undefined) {
    throw new GamedayError(`${dashed(router)} is for a router of your own, and nothing says where that is`, {
      code: 'BAD_FLAG',
      hint: `Add --router with its base URL, or leave out ${dashed(router)}.`,
    })
  }
}
