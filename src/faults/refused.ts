import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { proveServed } from './gate-fault.ts'
import { lostConnection, proveOnTheWay } from './network-proof.ts'
import { proxyOf, proxyPlan, proxyUrl } from './proxy-fault.ts'

/** Disables the target's proxy: live connections are closed and new ones refused. */
export function refused(site: FaultSite, spec: FaultOf<'refused'>): Fault {
  const { toxiproxy, proxy, target } = site
  return {
    kind: spec.kind,
    network: true,
    whole: true,
    ...disabledProxy(site),
    apply: async () => {
      await toxiproxy.setEnabled(proxy, false)
    },
    readBack: async () => {
      if ((await proxyOf(site)).enabled) throw new Error(`the proxy ${proxy} is still enabled`)
      return `Toxiproxy reports the proxy of the ${target} disabled`
    },
    prove: (evidence) =>
      proveOnTheWay(evidence, site, {
        whole: true,
        spared: () => true,
        felt: lostConnection,
        unless: 'they do not come through this proxy',
      }),
    revert: async () => {
      await toxiproxy.setEnabled(proxy, true)
    },
  }
}

/** Plans the undoing of a disabled proxy and proves it: what it takes is the same, once disabled or in turns. */
export function disabledProxy(site: FaultSite): Pick<Fault, 'plan' | 'proveGone'> {
  const { proxy, target } = site
  return {
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
    proveGone: async () =>
      (await proxyOf(site)).enabled
        ? proveServed(site, 'Toxiproxy reports the proxy enabled')
        : { proven: false, reason: `the proxy ${proxy} is still disabled` },
  }
}
