import { formatDuration } from '../base/index.ts'
import type { FaultOf } from '../drill/index.ts'
import type { Sample } from '../record/index.ts'
import { both, controlLane, ids, mainLane, type Found } from './evidence.ts'
import type { Evidence, Fault, FaultSite, Proof } from './fault.ts'
import { lostConnection } from './network-proof.ts'
import { proxyOf } from './proxy-fault.ts'
import { disabledProxy } from './refused.ts'
import { Turns, type Stretch } from './turns.ts'

/** Refuses connections and lets them through in turn. Whenever it dies, its plan leaves the proxy enabled. */
export function flapping(site: FaultSite, spec: FaultOf<'flapping'>): Fault {
  const { toxiproxy, proxy, target, clock, permit } = site
  const turns = new Turns({
    clock,
    permit,
    downMs: spec.down,
    upMs: spec.up,
    set: async (up) => void (await toxiproxy.setEnabled(proxy, up)),
  })
  return {
    kind: spec.kind,
    network: true,
    whole: false,
    ...disabledProxy(site),
    apply: () => turns.begin(),
    readBack: async () => {
      if (turns.trouble !== null) throw new Error(`its turns have ended: ${turns.trouble}`)
      const { up, changes } = turns
      const { enabled } = await proxyOf(site)
      // It may have changed while it was being read.
      if (up !== null && changes === turns.changes && enabled !== up)
        throw new Error(`the proxy ${proxy} is ${stateOf(enabled)} where it should be ${stateOf(up)}`)
      return `Toxiproxy reports the proxy of the ${target} ${stateOf(enabled)}, in turns of ${formatDuration(spec.down)} down and ${formatDuration(spec.up)} up`
    },
    prove: (evidence) =>
      turns.trouble === null
        ? proveInStretches(evidence, turns.downs, site)
        : { proven: false, reason: `its turns have ended: ${turns.trouble}` },
    revert: async () => {
      await turns.end()
      await toxiproxy.setEnabled(proxy, true)
    },
  }
}

const stateOf = (enabled: boolean) => (enabled ? 'enabled' : 'disabled')

/** Looks at the requests that began while it was down: what came in between says nothing. */
function proveInStretches(
  evidence: Evidence,
  downs: readonly Stretch[],
  { target }: Pick<FaultSite, 'target'>,
): Proof {
  const { inForceMs } = evidence
  const downAt = (ms: number | null) =>
    ms === null
      ? undefined
      : downs.find(({ fromMs, toMs }) => ms >= inForceMs + fromMs && ms < inForceMs + toMs)
  const sent = mainLane(evidence).filter(({ startedMs }) => downAt(startedMs) !== undefined)
  const through = sent.filter(
    (sample) => sample.servedBy === target && downAt(sample.startedMs) === downAt(sample.endMs),
  )
  const load: Found | string =
    sent.length === 0
      ? 'no request of the load has ended yet that was sent while it was down'
      : through.length > 0
        ? `${through.length} requests of the load were served by the ${target} while it was down`
        : {
            words: `none of ${sent.length} marked requests that were sent while it was down was served by the ${target} meanwhile`,
            ids: ids(sent),
          }
  const felt = (sample: Sample) => downAt(sample.startedMs) !== undefined && lostConnection(sample)
  return both(load, controlLane(evidence, felt))
}
