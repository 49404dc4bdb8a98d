import type { ApiCall, ProxyFound, Undo } from '../record/index.ts'
import type { ProxyState } from '../toxiproxy/index.ts'
import type { FaultSite } from './fault.ts'

/** Reads the proxy that a fault of the network changes; throws if it is not there. */
export async function proxyOf({ toxiproxy, proxy }: FaultSite): Promise<ProxyState> {
  const state = await toxiproxy.getProxy(proxy)
  if (state === null) throw new Error(`Toxiproxy at ${toxiproxy.url} has no proxy ${proxy}`)
  return state
}

/**
 * The plan for a change of the proxy: its state as it was found, and the calls that bring it back. Behind the proxy is
 * a gate, the run's own or a stage's: whether a provider answers behind it is not for the undoing to prove.
 */
export async function proxyPlan(
  site: FaultSite,
  what: string,
  change: { type: 'toxic-added'; toxic: string } | { type: 'proxy-disabled' },
  undo: (before: ProxyFound) => ApiCall[],
): Promise<Undo> {
  const { listen, upstream, enabled, toxics } = await proxyOf(site)
  const before = { listen, upstream, enabled, toxics: toxics.map(({ name }) => name) }
  const { toxiproxy, toxiproxyKind, stageWithRun, proxy, through } = site
  const isOurs = toxiproxyKind === 'embedded'
  return {
    what,
    change: {
      ...change,
      url: toxiproxy.url,
      withRun: isOurs && stageWithRun,
      ...(isOurs && !stageWithRun ? { embedded: true } : {}),
      proxy,
      before,
      through,
    },
    undo: undo(before),
  }
}

/** URL of the proxy on the control interface. */
export const proxyUrl = ({ toxiproxy, proxy }: FaultSite) =>
  `${toxiproxy.url}/proxies/${encodeURIComponent(proxy)}`
