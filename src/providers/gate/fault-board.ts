import { isDeepStrictEqual } from 'node:util'
import { seededRandom, type Clock } from '../../base/index.ts'
import type { KeyStore } from './keys.ts'
import type { Slowness } from './slowness.ts'
import type { GateFault, GateFaultRequest, GateFaultSpec } from '../types.ts'
import type { FaultPlace } from './fault.ts'
import { applyRevokeKey } from './revoke-key.ts'
import { applySlowFirstToken } from './slow-first-token.ts'

/** How many faults that ended at their cap are remembered. */
const REMEMBERED = 50

interface InForce {
  fault: GateFault
  request: GateFaultRequest
  end: () => void
  cap: AbortController
}

export interface BoardOptions {
  keys: KeyStore
  slowness: Slowness
  clock: Clock
  seed: number
}

/**
 * The faults in force at the gate. Each ends by itself at its cap, so that a drill whose process died leaves nothing
 * broken for longer than it had announced.
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

    const { clock, seed, keys, slowness } = this.options
    const { id, provider, capMs } = request
    const appliedAtMs = clock.now()
    const fault: GateFault = { ...request, appliedAtMs, endsAtMs: appliedAtMs + capMs }
    const place = { id, provider, keys, slowness, clock, random: seededRandom(seed, `fault/${id}`) }
    const cap = new AbortController()
    this.inForce.set(id, { fault, request, end: putInForce(request.fault, place), cap })
    // Forget the memory of an earlier fault of this name: it would contradict the list of those in force.
    this.atCap = this.atCap.filter((ended) => ended.id !== id)
    clock.sleep(capMs, cap.signal).then(
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
    known.end()
    known.cap.abort()
    return true
  }

  private endAtCap(fault: GateFault): void {
    // The name may have been removed and given to another fault in the same moment.
    if (this.inForce.get(fault.id)?.fault !== fault) return
    this.end(fault.id)
    this.atCap = [...this.atCap, fault].slice(-REMEMBERED)
  }
}

function putInForce(spec: GateFaultSpec, place: FaultPlace): () => void {
  switch (spec.kind) {
    case 'revoke-key':
      return applyRevokeKey(spec, place)
    case 'slow-first-token':
      return applySlowFirstToken(spec, place)
  }
}
