import type { FaultOf } from '../drill/index.ts'
import { both, controlLane, ids, mainLane, type Found } from './evidence.ts'
import type { Fault, FaultSite } from './fault.ts'
import { proveServed } from './gate-fault.ts'
import { proxyOf, proxyPlan, proxyUrl } from './proxy-fault.ts'

/** Disables the target's proxy: live connections are closed and new ones refused. */
export function refused(site: FaultSite, spec: FaultOf<'refused'>): Fault {
  const { toxiproxy, proxy, target } = site
  return {
    kind: spec.kind,
    network: true,
    whole: true,
    plan: () =>
      proxyPlan(site, `the proxy of the ${target} disabled`, { type: 'proxy-disabled' }, ({ enabled }) => {
        if (!enabled) throw new Error(`the proxy ${proxy} is disabled already, so there is nothing to break`)
        return [
          {
            what: `enables the proxy ${proxy}`,
            method: 'POST',
            url: proxyUrl(site),
            body: { enabled: true },
            expect: [200],
          },
        ]
      }),
    apply: async () => {
      await toxiproxy.setEnabled(proxy, false)
    },
    readBack: async () => {
      if ((await proxyOf(site)).enabled) throw new Error(`the proxy ${proxy} is still enabled`)
      return `Toxiproxy reports the proxy of the ${target} disabled`
    },
    prove: (evidence) => {
      const sent = mainLane(evidence)
      const through = sent.filter(({ servedBy }) => servedBy === target)
      const load: Found | string =
        through.length > 0
          ? `${through.length} requests of the load were still served by the ${target}`
          : sent.length === 0
            ? 'no request of the load has ended yet'
            : { words: `none of ${sent.length} marked requests was served by the ${target}`, ids: ids(sent) }
      return both(
        load,
        controlLane(evidence, ({ class: failure }) => failure === 'connection'),
      )
    },
    revert: async () => {
      await toxiproxy.setEnabled(proxy, true)
    },
    proveGone: async () =>
      (await proxyOf(site)).enabled
        ? proveServed(site, 'Toxiproxy reports the proxy enabled')
        : { proven: false, reason: `the proxy ${proxy} is still disabled` },
  }
}
