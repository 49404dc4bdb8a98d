import { seededRandom, type Random } from '../../base/index.ts'

/** Whose chance it is: one toxic on one connection of one proxy, each counted from the start of what holds it. */
export interface Case {
  proxy: number
  toxic: number
  connection: number
}

/**
 * Makes the chances of a server from its seed. Each case has its own, whatever else happens at the same time and in
 * whatever order, so that a drill with the same seed hits the same connections.
 */
export function chancesOf(seed: number): Chances {
  const purpose = ({ proxy, toxic, connection }: Case) =>
    `proxy ${proxy}, toxic ${toxic}, connection ${connection}`
  return {
    draw: (of) => seededRandom(seed, `toxicity: ${purpose(of)}`)(),
    generator: (of) => seededRandom(seed, `toxic: ${purpose(of)}`),
  }
}

export interface Chances {
  /** Draws the number in [0, 1) that, below the toxicity, makes the toxic affect the connection. Always the same for a case. */
  draw(of: Case): number
  /** Makes the generator for what the toxic draws while it runs. */
  generator(of: Case): Random
}
