import { createHash } from 'node:crypto'

/** Most requests that are remembered; the oldest is forgotten first. */
const MOST = 256

/**
 * Remembers requests that met an internal error (a 500) at one provider and then at the other: what fails everywhere says
 * more about the request than about whoever was asked. Tried again and again by its client, it would take both providers
 * from everybody else (opencode-go-multi-auth#6). Once any provider answers it, it is a request like any other.
 */
export class Poison {
  readonly #known = new Set<string>()

  /** Whether a request is known. `body` is asked for only if any is. */
  has(body: () => Buffer | null): boolean {
    return this.#known.size > 0 && this.#known.has(hashOf(body()))
  }

  add(body: Buffer | null): void {
    this.#known.add(hashOf(body))
    const [oldest] = this.#known
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest)
  }

  forget(body: () => Buffer | null): void {
    if (this.#known.size > 0) this.#known.delete(hashOf(body()))
  }
}

function hashOf(body: Buffer | null): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('base64')
}
