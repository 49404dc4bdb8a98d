/**
 * Counts what a target has in flight: calls that were begun and are not over. It is a target's own and outlives every
 * setting, so that a limit may change while requests are under way.
 */
export class InFlight {
  #count = 0

  get count(): number {
    return this.#count
  }

  begin(): void {
    this.#count += 1
  }

  end(): void {
    this.#count -= 1
  }
}
