/** Most names that are kept: a request of a thousand turns may have a thousand of one kind. */
const MOST = 20

/** Names what of a request the other format has no words for. Names are paths into the request and hold none of its text. */
export class Losses {
  readonly #names = new Set<string>()

  /** `why` says more where the name alone would puzzle: `temperature (over 1)`. */
  add(path: string, why?: string): void {
    if (this.#names.size < MOST) this.#names.add(why === undefined ? path : `${path} (${why})`)
  }

  get names(): readonly string[] {
    return [...this.#names]
  }
}

/** A word out of a request, such as a type, if it is one that may be shown. */
export function word(value: unknown): string {
  return typeof value === 'string' && /^[\w.-]{1,40}$/.test(value) ? value : 'unknown'
}
