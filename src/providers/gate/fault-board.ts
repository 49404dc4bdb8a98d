import { isDeepStrictEqual } from 'node:util'
import { seededRandom, type Clock, type ProviderRole } from '../../base/index.ts'
import { tenantOf } from '../../drill/index.ts'
import { tenantMark, type Marker } from '../../wire/index.ts'
import type { GateFault, GateFaultRequest, KeyState } from '../types.ts'
import type { Effect, Hit } from './effect.ts'
import { effectOf } from './effects.ts'
import { shareOver } from './share.ts'

/** How many faults that ended at their cap are remembered. */
const REMEMBERED = 50

interface InForce {
  fault: GateFault
  request: GateFaultRequest
  effect: Effect
  /** The share of requests that it hits by now. */
  share: () => number
  /** The tenant whose requests alone it hits; null where it hits everybody's. */
  tenant: string | null
  /** Draws whether it hits this one request. */
  hits: (marker: Marker | null) => boolean
  ended: AbortController
}

interface BoardOptions {
  clock: Clock
  seed: number
}

/**
 * The faults in force at the gate. Each ends by itself at its cap, so that a drill whose process died leaves nothing
 * broken for longer than it had announced.
 *
 *     PUT a fault -> in force --a request arrives--> drawn by its share -> hit: its effect on this one request
 *                       '--removed, or at its cap--> ended: what it held goes on
 */
export class FaultBoard {
  private readonly options: BoardOptions
  private readonly inForce = new Map<string, InForce>()
  private atCap: GateFault[] = []

  constructor(options: BoardOptions) {
    this.options = options
  }

  /**
   * Puts a fault in force. The same request again is answered alike and changes nothing, its cap included; returns null
   * if the id is in force with another content.
   */
  apply(request: GateFaultRequest): GateFault | null {
    const known = this.inForce.get(request.id)
    if (known !== undefined) return isDeepStrictEqual(known.request, request) ? known.fault : null

    const { clock, seed } = this.options
    const { id, capMs } = request
    const appliedAtMs = clock.now()
    const fault: GateFault = { ...request, appliedAtMs, endsAtMs: appliedAtMs + capMs }
    const share = shareOver(request.fault, clock)
    // Seeded by its id, so that a drill repeats itself.
    const random = seededRandom(seed, `fault/${id}`)
    const ended = new AbortController()
    const tenant = tenantOf(request.fault)
    this.inForce.set(id, {
      fault,
      request,
      effect: effectOf(request.fault),
      share,
      tenant,
      hits: (marker) => (tenant === null || isOf(tenant, marker)) && random() < share(),
      ended,
    })
    // Forget the memory of an earlier fault of this name: it would contradict the list of those in force.
    this.atCap = this.atCap.filter((ended) => ended.id !== id)
    clock.sleep(capMs, ended.signal).then(
      () => this.endAtCap(fault),
      () => {}, // removed before its cap
    )
    return fault
  }

  /** Ends a fault, or forgets one that its cap has ended. False if there is none of that name. */
  remove(id: string): boolean {
    const remembered = this.atCap.length
    this.atCap = this.atCap.filter((ended) => ended.id !== id)
    return this.end(id) || this.atCap.length < remembered
  }

  /** Whether it takes a request's marker to tell which faults of a provider hit it. */
  asksWhose(role: ProviderRole): boolean {
    return [...this.inForce.values()].some(
      ({ request, tenant }) => request.provider === role && tenant !== null,
    )
  }

  /** Draws which faults hit one request to a provider, in the order in which they came into force. */
  draw(role: ProviderRole, marker: Marker | null = null): Hit[] {
    const hits: Hit[] = []
    for (const { request, effect, hits: hitsThis, ended } of this.inForce.values()) {
      if (request.provider === role && hitsThis(marker))
        hits.push({ faultId: request.id, effect, ended: ended.signal })
    }
    return hits
  }

  /** What has become of a provider's key. */
  keyState(role: ProviderRole): Pick<KeyState, 'state' | 'shape'> {
    const revocations = [...this.inForce.values()].flatMap(({ request: { provider, fault }, share }) =>
      provider === role && fault.kind === 'revoke-key' ? [{ shape: fault.shape, whole: share() >= 1 }] : [],
    )
    const worst = revocations.find(({ whole }) => whole) ?? revocations[0]
    if (worst === undefined) return { state: 'active', shape: null }
    return { state: worst.whole ? 'revoked' : 'spreading', shape: worst.shape }
  }

  list(): { faults: GateFault[]; endedAtCap: GateFault[] } {
    return { faults: [...this.inForce.values()].map(({ fault }) => fault), endedAtCap: [...this.atCap] }
  }

  /** Ends every fault. */
  clear(): void {
    for (const id of this.inForce.keys()) this.end(id)
  }

  private end(id: string): boolean {
    const known = this.inForce.get(id)
    if (known === undefined) return false
    this.inForce.delete(id)
    known.ended.abort()
    return true
  }

  private endAtCap(fault: GateFault): void {
    // The name may have been removed and given to another fault in the same moment.
    if (this.inForce.get(fault.id)?.fault !== fault) return
    this.end(fault.id)
    this.atCap = [...this.atCap, fault].slice(-REMEMBERED)
  }
}

/** Whether a marker says that its request is a tenant's; one without a marker is nobody's here. */
function isOf(tenant: string, marker: Marker | null): boolean {
  return marker?.tenant !== undefined && marker.tenant === tenantMark(marker.runTag, tenant)
}
