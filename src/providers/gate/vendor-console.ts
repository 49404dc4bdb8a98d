import { createHash } from 'node:crypto'
import { PROVIDER_ROLES, type ProviderRole } from '../../base/index.ts'
import type { Answerer } from './answerer.ts'
import { LARGEST_BODY, readBody } from './body.ts'
import { noteRequest } from './attempt.ts'
import { noteNothingBilled, sendError } from './exchange.ts'

/**
 * What a vendor's own console would be to a real provider: here a hand revokes the key of a simulated one, and restores
 * it. It is the provider that refuses then, behind the gate, and no fault of the gate's.
 */
export class VendorConsole {
  private readonly revoked = new Set<ProviderRole>()

  revoke(role: ProviderRole): void {
    this.revoked.add(role)
  }

  restore(role: ProviderRole): void {
    this.revoked.delete(role)
  }

  /** Lets a simulated provider look at its key first, as a vendor does. */
  before(role: ProviderRole, answerer: Answerer): Answerer {
    return {
      ...answerer,
      answer: async (exchange) => {
        if (!this.revoked.has(role)) return answerer.answer(exchange)
        noteNothingBilled(exchange.attempt)
        const body = await readBody(exchange.body, LARGEST_BODY)
        if (body === null) return sendError(exchange, 'too-large')
        if (exchange.attempt !== null) noteRequest(exchange.attempt, exchange.format, body)
        sendError(exchange, 'invalid-api-key')
      },
    }
  }
}

/**
 * Where the console of a provider is found. Its path cannot be guessed, so that a line that holds it needs no token and
 * can be pasted as it is shown; it opens nothing but this one simulated key, for as long as the run lives.
 */
export function vendorPath(controlToken: string, role: ProviderRole): string {
  const door = createHash('sha256').update(`vendor console ${controlToken}`).digest('hex').slice(0, 16)
  return `/vendor/${door}/${role}/key`
}

/** Whose console a path is; null for any other path. */
export function vendorOf(controlToken: string, path: string): ProviderRole | null {
  return PROVIDER_ROLES.find((role) => vendorPath(controlToken, role) === path) ?? null
}
