import type { FaultKind } from '../drill/index.ts'
import { secondToxic, type Undo } from '../record/index.ts'
import type { NewToxic, ProxyState } from '../toxiproxy/index.ts'
import type { Evidence, Fault, FaultSite, Proof } from './fault.ts'
import { proveServed } from './gate-fault.ts'
import { proxyOf, proxyPlan, proxyUrl } from './proxy-fault.ts'

type Toxic = Pick<NewToxic, 'type' | 'stream' | 'attributes'> & Partial<Pick<NewToxic, 'toxicity'>>

/** What a fault of the network is made of, and how it shows. */
export interface ToxicDesign {
  kind: FaultKind
  /** Share of the connections that are hit. */
  share: number
  whole: boolean
  /** Mostly one. They hit `share` unless they say otherwise. */
  toxics: readonly [Toxic] | readonly [Toxic, Toxic]
  /** What Toxiproxy then says of the target: `lists +4000 ms on the answers of the primary`. */
  lists: string
  /** Whether the removal of the toxic closes the connections it was on. */
  cutsOnRevert?: true
  prove: (evidence: Evidence) => Proof
}

/** Makes a fault of toxics on the target's proxy: they are planned, added, read back, removed and seen to be gone here. */
export function toxicFault(site: FaultSite, design: ToxicDesign): Fault {
  const { toxiproxy, proxy, target, id } = site
  const { kind, whole, share, lists, cutsOnRevert, prove } = design
  const toxics = design.toxics.map((toxic, index) => ({
    toxicity: share,
    ...toxic,
    name: index === 0 ? id : secondToxic(id),
  }))
  const names = toxics.map(({ name }) => name)
  const listed = async () => (await proxyOf(site)).toxics.filter(({ name }) => names.includes(name))

  return {
    kind,
    network: true,
    whole,
    ...(cutsOnRevert === true ? { cutsOnRevert } : {}),
    plan: () => planOf(site, toxics, cutsOnRevert === true),
    apply: async () => {
      for (const toxic of toxics) await toxiproxy.addToxic(proxy, toxic)
    },
    readBack: async () => {
      const found = await listed()
      for (const toxic of toxics)
        if (!found.some((one) => isAsAsked(one, toxic)))
          throw new Error(`the proxy ${proxy} does not list the toxic ${toxic.name} as it was asked for`)
      if (!(await proxyOf(site)).enabled)
        throw new Error(`the proxy ${proxy} is disabled, so a toxic on it does nothing`)
      return `Toxiproxy ${lists}${share === 1 ? '' : `, on a share of ${share} of the connections`}`
    },
    prove,
    revert: async () => {
      // By its plan where connections are cut anyway: that way a server of old cannot freeze behind one of them.
      if (cutsOnRevert === true) return site.undoByPlan()
      for (const name of names.toReversed()) await toxiproxy.removeToxic(proxy, name)
    },
    proveGone: async () =>
      (await listed()).length === 0
        ? proveServed(site, 'Toxiproxy lists no such toxic')
        : { proven: false, reason: `the proxy ${proxy} still lists the toxic ${id} of the ${target}` },
  }
}

function planOf(site: FaultSite, toxics: readonly NewToxic[], cuts: boolean): Promise<Undo> {
  const types = toxics.map(({ type }) => type).join(' and ')
  return proxyPlan(
    site,
    `a ${types} toxic on the proxy of the ${site.target}`,
    { type: 'toxic-added', toxic: site.id },
    () =>
      // The last one first, so that none is left when the first is gone.
      toxics.toReversed().map(({ name }) => ({
        what: `removes the toxic ${name}${cuts ? ', which closes the connections that it was on' : ''}`,
        method: 'DELETE',
        url: `${proxyUrl(site)}/toxics/${encodeURIComponent(name)}`,
        expect: [204, 404],
      })),
  )
}

/** Toxiproxy keeps a toxicity as a number of 32 bits. */
const SAME_TOXICITY = 1e-6

function isAsAsked(found: ProxyState['toxics'][number], asked: NewToxic): boolean {
  return (
    found.name === asked.name &&
    found.type === asked.type &&
    Math.abs(found.toxicity - asked.toxicity) < SAME_TOXICITY &&
    Object.entries(asked.attributes).every(([name, value]) => found.attributes[name] === value)
  )
}
