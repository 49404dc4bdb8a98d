import type { ProviderRole } from '../../base/index.ts'

/** A fault that makes some of a provider's answers late. */
export interface Slowing {
  faultId: string
  /** Draws the delay of this one request, in milliseconds; 0 spares it. */
  delayMs(): number
}

export interface Delay {
  ms: number
  /** The fault behind it; null if there is none. */
  faultId: string | null
}

/** What is to be added before the first token of each provider's answers. */
export class Slowness {
  private readonly slowings: Record<ProviderRole, Slowing[]> = { primary: [], secondary: [] }

  /** Adds a slowing. Returns what takes it away. */
  add(role: ProviderRole, slowing: Slowing): () => void {
    this.slowings[role].push(slowing)
    return () => {
      this.slowings[role] = this.slowings[role].filter((other) => other !== slowing)
    }
  }

  /** Draws the delay of one request: that of all slowings together, laid to the first that hits. */
  draw(role: ProviderRole): Delay {
    const delay: Delay = { ms: 0, faultId: null }
    for (const slowing of this.slowings[role]) {
      const ms = slowing.delayMs()
      if (ms <= 0) continue
      delay.ms += ms
      delay.faultId ??= slowing.faultId
    }
    return delay
  }
}
