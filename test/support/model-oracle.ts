import { asSetUp, nextToxic, slight, theirToxics, type Deed } from './model-others.ts'
import type { Found, Scene, Toxic } from './model-scene.ts'

/** A proxy as it must be; `unknowable` where the state alone cannot tell the others' doing from the run's. */
interface Expected extends Omit<Found, 'enabled'> {
  enabled: boolean | 'unknowable'
  /** It was made between a look at the run's own proxy of that name and the deletion of that. */
  mayBeGone: boolean
}

/** Proxies at which somebody has looked already, and will act on what he saw: no server can be asked for both at once. */
export interface Midway {
  deletes: string[]
  undoes: string[]
}

/** A fault whose undoing may still be under way. */
interface OpenFault {
  run: string
  proxy: string
  /** Whether its undoing may enable the proxy, as it was found. */
  mayEnable: boolean
  /** Whether the proxy was ever enabled since it began, so that `enabled` may be what it was found as. */
  wasEnabled: boolean
}

/**
 * What the server's state must be in the end: that of a world in which no run ever was. The others' deeds and restarts
 * are all that happens there, so that it knows nothing of how a run undoes what it does.
 */
export class WithoutRuns {
  readonly #scene: Scene
  readonly #setUp: Record<string, Found>
  readonly #proxies = new Map<string, Expected>()
  #open: OpenFault[] = []

  constructor(scene: Scene, setUp: Record<string, Found>) {
    this.#scene = scene
    this.#setUp = setUp
    for (const [name, proxy] of Object.entries(setUp)) this.#make(name, proxy, { deletes: [], undoes: [] })
  }

  has(name: string): boolean {
    return this.#proxies.has(name)
  }

  get names(): string[] {
    return [...this.#proxies.keys()]
  }

  /** The server is gone, and all its state was memory. */
  lose(): void {
    this.#proxies.clear()
  }

  faultBegins({ run, proxy, kind }: { run: string; proxy: string; kind: 'latency' | 'refused' }): void {
    const wasEnabled = this.#proxies.get(proxy)?.enabled !== false
    this.#open.push({ run, proxy, mayEnable: kind === 'refused', wasEnabled })
  }

  /** Whoever undoes a fault has disabled or enabled the proxy meanwhile, to cut the connections through it. */
  cut(proxy: string): void {
    for (const fault of this.#open) if (fault.proxy === proxy) fault.mayEnable = true
  }

  /** Nobody is at work on the faults of runs that are not listed. */
  settled(busy: (run: string) => boolean): void {
    this.#open = this.#open.filter(({ run }) => busy(run))
  }

  happened(deed: Deed, midway: Midway): void {
    if (deed.deed === 'resets the server') {
      for (const [name, proxy] of this.#proxies) {
        proxy.toxics = []
        this.#enable(name, proxy, true, midway)
      }
      return
    }
    if (deed.deed === 'sets the server up again') {
      for (const [name, proxy] of Object.entries(this.#setUp))
        if (!this.#proxies.has(name)) this.#make(name, asSetUp(proxy), midway)
      return
    }
    const { proxy: name } = deed
    if (deed.deed === 're-creates') {
      const { upstreams } = this.#scene.ground
      const listen = this.#scene.listenOf(name)
      this.#make(
        name,
        { upstream: upstreams[deed.upstream], listen, enabled: deed.enabled, toxics: [] },
        midway,
      )
      return
    }
    const proxy = this.#proxies.get(name)
    if (proxy === undefined) return
    switch (deed.deed) {
      case 'adds a toxic to':
        proxy.toxics.push(slight(nextToxic(proxy.toxics)))
        return
      case 'changes his toxics on':
        for (const toxic of theirToxics(proxy)) toxic.attributes = { ...toxic.attributes, latency: 2 }
        return
      case 'removes his toxics from':
        proxy.toxics = proxy.toxics.filter((toxic) => !theirToxics(proxy).includes(toxic))
        return
      case 'removes the toxic of a run from':
        return
      case 'disables':
      case 'enables':
        return this.#enable(name, proxy, deed.deed === 'enables', midway)
      case 'deletes':
        return void this.#proxies.delete(name)
      case 'leads elsewhere':
        proxy.upstream = this.#scene.ground.upstreams[deed.upstream]
    }
  }

  /** What is otherwise than it would be without the runs, by the name of the proxy. */
  differences(actual: ReadonlyMap<string, Found>): Map<string, string> {
    const found = new Map<string, string>()
    for (const name of new Set([...this.#proxies.keys(), ...actual.keys()])) {
      const difference = differenceOf(this.#proxies.get(name), actual.get(name))
      if (difference !== null) found.set(name, difference)
    }
    return found
  }

  #make(name: string, proxy: Found, midway: Midway): void {
    const made: Expected = { ...structuredClone(proxy), mayBeGone: midway.deletes.includes(name) }
    this.#proxies.set(name, made)
    this.#enable(name, made, proxy.enabled, midway)
  }

  /**
   * A proxy that a run has disabled looks the same when somebody else disables it too, or makes it anew and disabled; so
   * whoever undoes the run's fault cannot know, and enabling it is no mistake.
   */
  #enable(name: string, proxy: Expected, enabled: boolean, { undoes }: Midway): void {
    const faults = this.#open.filter((fault) => fault.proxy === name)
    if (enabled) for (const fault of faults) fault.wasEnabled = true
    const mayBeEnabled = faults.some(
      ({ mayEnable, wasEnabled }) => wasEnabled && (mayEnable || undoes.includes(name)),
    )
    proxy.enabled = !enabled && mayBeEnabled ? 'unknowable' : enabled
  }
}

function differenceOf(expected: Expected | undefined, actual: Found | undefined): string | null {
  if (expected === undefined) return actual === undefined ? null : `is there: ${show(actual)}`
  if (actual === undefined) return expected.mayBeGone ? null : 'is gone'
  const { enabled } = expected
  const wanted = show({ ...expected, enabled: enabled === 'unknowable' ? actual.enabled : enabled })
  return wanted === show(actual) ? null : `is ${show(actual)} instead of ${wanted}`
}

function show({ listen, upstream, enabled, toxics }: Found): string {
  const list = toxics.map(showToxic).toSorted().join(', ')
  return `${enabled ? 'enabled' : 'disabled'}, ${listen} to ${upstream}, toxics: ${list === '' ? 'none' : list};`
}

function showToxic({ name, type, stream, toxicity, attributes }: Toxic): string {
  const values = Object.entries(attributes).map(([attribute, value]) => `${attribute} ${value}`)
  return `${name} (${[type, stream, `toxicity ${toxicity}`, ...values.toSorted()].join(' ')})`
}
