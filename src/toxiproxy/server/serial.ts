/** Runs jobs one after the other, in the order in which they were given. One that fails does not stop the next. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job)
    this.#last = result.catch(() => undefined)
    return result
  }
}
