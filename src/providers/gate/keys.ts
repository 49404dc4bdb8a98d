import { maskKey, type ProviderRole } from '../../base/index.ts'
import type { ErrorKind } from '../../wire/index.ts'
import type { GateFaultSpec, KeyState } from '../types.ts'

type Shape = Extract<GateFaultSpec, { kind: 'revoke-key' }>['shape']

/** A revocation of one key: how far it has spread, and how the vendor words it. */
export interface Revocation {
  faultId: string
  shape: Shape
  /** Draws whether this one request is refused. */
  refuses(): boolean
  /** Whether every request is refused by now. */
  complete(): boolean
}

export type KeyCheck = { accepted: true } | { accepted: false; kind: ErrorKind; faultId: string | null }

/** The keys that the gate accepts, one a provider, and what has become of them. */
export class KeyStore {
  private readonly keys: Record<ProviderRole, string>
  private readonly revocations: Record<ProviderRole, Revocation[]> = { primary: [], secondary: [] }

  constructor(keys: Record<ProviderRole, string>) {
    this.keys = keys
  }

  /** Revokes a provider's key. Returns what gives it back. */
  revoke(role: ProviderRole, revocation: Revocation): () => void {
    this.revocations[role].push(revocation)
    return () => {
      this.revocations[role] = this.revocations[role].filter((other) => other !== revocation)
    }
  }

  /** Decides about the key that one request came with; null if it came without. */
  check(role: ProviderRole, presented: string | null): KeyCheck {
    if (presented === null) return { accepted: false, kind: 'missing-api-key', faultId: null }
    if (presented !== this.keys[role]) return { accepted: false, kind: 'invalid-api-key', faultId: null }
    const refusing = this.revocations[role].find((revocation) => revocation.refuses())
    return refusing === undefined
      ? { accepted: true }
      : { accepted: false, kind: refusing.shape, faultId: refusing.faultId }
  }

  describe(role: ProviderRole): KeyState {
    const masked = maskKey(this.keys[role])
    const revocations = this.revocations[role]
    const worst = revocations.find((revocation) => revocation.complete()) ?? revocations[0]
    if (worst === undefined) return { masked, state: 'active', shape: null }
    return { masked, state: worst.complete() ? 'revoked' : 'spreading', shape: worst.shape }
  }
}
