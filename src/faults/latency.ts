import type { FaultOf } from '../drill/index.ts'
import { both, controlLane, ids, mainLane, waitedMs, type Found } from './evidence.ts'
import type { Fault, FaultSite } from './fault.ts'
import { proveServed } from './gate-fault.ts'
import { proxyOf, proxyPlan, proxyUrl } from './proxy-fault.ts'

/** Slows the target's answers on their way back, by a latency toxic on its proxy. */
export function latency(site: FaultSite, spec: FaultOf<'latency'>): Fault {
  const { toxiproxy, proxy, target, id } = site
  // A jitter may shorten the delay; no answer comes sooner than this.
  const leastMs = Math.max(0, spec.latency - spec.jitter)
  const toxicOf = async () => (await proxyOf(site)).toxics.find(({ name }) => name === id)
  return {
    kind: spec.kind,
    network: true,
    whole: true,
    plan: () =>
      proxyPlan(
        site,
        `a latency toxic on the proxy of the ${target}`,
        { type: 'toxic-added', toxic: id },
        () => [
          {
            what: `removes the toxic ${id}`,
            method: 'DELETE',
            url: `${proxyUrl(site)}/toxics/${id}`,
            expect: [204, 404],
          },
        ],
      ),
    apply: async () => {
      await toxiproxy.addToxic(proxy, {
        name: id,
        type: 'latency',
        stream: 'downstream',
        toxicity: 1,
        attributes: { latency: Math.round(spec.latency), jitter: Math.round(spec.jitter) },
      })
    },
    readBack: async () => {
      const toxic = await toxicOf()
      if (toxic?.attributes.latency !== Math.round(spec.latency))
        throw new Error(`the proxy ${proxy} does not list the toxic ${id}`)
      if (!(await proxyOf(site)).enabled)
        throw new Error(`the proxy ${proxy} is disabled, so a toxic on it does nothing`)
      return `Toxiproxy lists +${spec.latency} ms on the answers of the ${target}`
    },
    prove: (evidence) => {
      const sent = mainLane(evidence)
      const quick = sent.filter((sample) => sample.servedBy === target && waitedMs(sample) < leastMs)
      const load: Found | string =
        quick.length > 0
          ? `${quick.length} requests of the load were still served by the ${target} within ${leastMs} ms`
          : sent.length === 0
            ? 'no request of the load has ended yet'
            : {
                words: `none of ${sent.length} marked requests was served by the ${target} within ${leastMs} ms`,
                ids: ids(sent),
              }
      return both(
        load,
        controlLane(evidence, (sample) => waitedMs(sample) >= leastMs),
      )
    },
    revert: async () => {
      await toxiproxy.removeToxic(proxy, id)
    },
    proveGone: async () =>
      (await toxicOf()) === undefined
        ? proveServed(site, 'Toxiproxy lists no such toxic')
        : { proven: false, reason: `the proxy ${proxy} still lists the toxic ${id}` },
  }
}
