import type { ApiCall } from '../record/index.ts'
import type { ProxyState } from '../toxiproxy/index.ts'
import type { FaultSite, Undo } from './fault.ts'

/** Reads the proxy that a fault of the network changes; throws if it is not there. */
export async function proxyOf({ toxiproxy, proxy }: FaultSite): Promise<ProxyState> {
  const state = await toxiproxy.getProxy(proxy)
  if (state === null) throw new Error(`Toxiproxy at ${toxiproxy.url} has no proxy ${proxy}`)
  return state
}

/** The plan for a change of the proxy: its state as it was found, and the calls that bring it back. */
export async function proxyPlan(site: FaultSite, what: string, undo: ApiCall[]): Promise<Undo> {
  return {
    what,
    target: { kind: 'toxiproxy', url: site.toxiproxy.url, name: site.proxy, pid: null },
    before: await proxyOf(site),
    undo,
  }
}

/** URL of the proxy on the control interface. */
export const proxyUrl = ({ toxiproxy, proxy }: FaultSite) =>
  `${toxiproxy.url}/proxies/${encodeURIComponent(proxy)}`
