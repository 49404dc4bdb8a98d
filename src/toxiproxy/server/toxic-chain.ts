import { apiErrors } from './errors.ts'
import type { Link } from './link.ts'
import { readNewToxic, readToxicChange } from './toxic-body.ts'
import { DIRECTIONS, type Direction, type Toxic } from './toxic.ts'

/** Where the live links of a direction are found. */
export type LiveLinks = (direction: Direction) => Iterable<Link>

/**
 * The toxics of one proxy. A change reaches the connections that are open at once and those to come as they open.
 * Reading never waits. Changes must not overlap: the proxy runs them one after the other.
 */
export class ToxicChain {
  readonly #links: LiveLinks
  #toxics: Toxic[] = []
  #added = 0

  constructor(links: LiveLinks) {
    this.#links = links
  }

  /** All toxics: those of the upstream direction first, each direction in the order in which bytes meet them. */
  get toxics(): readonly Toxic[] {
    return DIRECTIONS.flatMap((direction) => this.#toxics.filter((toxic) => toxic.direction === direction))
  }

  /** Finds a toxic. Throws the API's 404. */
  get(name: string): Toxic {
    const toxic = this.#find(name)
    if (toxic === undefined) throw apiErrors.toxicNotFound()
    return toxic
  }

  /** Adds the toxic that a body describes. Throws the API's 400 and 409. */
  async add(body: string): Promise<Toxic> {
    const toxic: Toxic = {
      ...readNewToxic(body, (name) => this.#find(name) !== undefined),
      ordinal: this.#added,
    }
    this.#added++
    this.#toxics.push(toxic)
    await Promise.all(Array.from(this.#links(toxic.direction), (link) => link.add(toxic)))
    return toxic
  }

  /** Changes a toxic as a body says. Throws the API's 404 and 400. */
  async update(name: string, body: string): Promise<Toxic> {
    const toxic = this.get(name)
    Object.assign(toxic, readToxicChange(body, toxic))
    await Promise.all(Array.from(this.#links(toxic.direction), (link) => link.update(toxic)))
    return toxic
  }

  /** Removes a toxic. Throws the API's 404. */
  async remove(name: string): Promise<void> {
    const toxic = this.get(name)
    this.#toxics = this.#toxics.filter((each) => each !== toxic)
    await Promise.all(Array.from(this.#links(toxic.direction), (link) => link.remove(toxic)))
  }

  async removeAll(): Promise<void> {
    for (const { name } of this.toxics) await this.remove(name)
  }

  #find(name: string): Toxic | undefined {
    return this.#toxics.find((toxic) => toxic.name === name)
  }
}
