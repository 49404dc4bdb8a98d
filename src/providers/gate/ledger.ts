import type { Attempt } from '../../record/index.ts'

/** Hands every attempt to whoever follows. It keeps none: a gate may outlive drills, and they write their own records. */
export class Ledger {
  private readonly followers = new Set<(attempt: Attempt) => void>()

  /** Begins to follow. Returns what ends it. */
  follow(onAttempt: (attempt: Attempt) => void): () => void {
    this.followers.add(onAttempt)
    return () => this.followers.delete(onAttempt)
  }

  publish(attempt: Attempt): void {
    for (const follower of this.followers) follower(attempt)
  }
}
