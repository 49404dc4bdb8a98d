/** Something that several sets of settings use one after the other. It is closed when the last of them lets go of it. */
export class Shared<T> {
  readonly value: T
  readonly #close: () => Promise<void>
  #closed: Promise<void> | undefined
  #holders = 0

  constructor(value: T, close: () => Promise<void>) {
    this.value = value
    this.#close = close
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  hold(): void {
    this.#holders += 1
  }

  async letGo(): Promise<void> {
    this.#holders -= 1
    if (this.#holders === 0) await this.close()
  }

  /** Closes it, whoever holds it. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }
}
