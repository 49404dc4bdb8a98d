/**
 * Blots a key out of a stream of bytes, should an upstream ever quote it whole: as many asterisks as the key is long, so
 * that lengths stay true. Bytes in which it does not occur pass unchanged; only an end that could be the key's beginning
 * waits for the next piece.
 */
export class KeyBlotter {
  private readonly key: Buffer
  private held: Buffer = Buffer.alloc(0)

  constructor(key: string) {
    this.key = Buffer.from(key)
  }

  push(piece: Uint8Array): Buffer {
    const incoming = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const bytes = this.blot(this.held.length === 0 ? incoming : Buffer.concat([this.held, incoming]))
    const safe = bytes.length - this.suspicious(bytes)
    this.held = bytes.subarray(safe)
    return bytes.subarray(0, safe)
  }

  /** What was still held back when the bytes ended. */
  end(): Buffer {
    const rest = this.held
    this.held = Buffer.alloc(0)
    return rest
  }

  /** Blots the key out of a text. */
  text(value: string): string {
    const key = this.key.toString()
    return value.replaceAll(key, '*'.repeat(key.length))
  }

  private blot(bytes: Buffer): Buffer {
    let at = bytes.indexOf(this.key)
    if (at === -1) return bytes
    const clean = Buffer.from(bytes)
    for (; at !== -1; at = clean.indexOf(this.key, at)) clean.fill('*', at, at + this.key.length)
    return clean
  }

  /** How many bytes at the end could be the beginning of the key. */
  private suspicious(bytes: Buffer): number {
    for (let length = Math.min(this.key.length - 1, bytes.length); length > 0; length--) {
      if (bytes[bytes.length - length] !== this.key[0]) continue
      if (bytes.subarray(bytes.length - length).equals(this.key.subarray(0, length))) return length
    }
    return 0
  }
}

/** Passes bytes on with the key blotted out. */
export async function* blotted(source: AsyncIterable<Uint8Array>, key: string): AsyncGenerator<Uint8Array> {
  const blotter = new KeyBlotter(key)
  for await (const piece of source) {
    const clean = blotter.push(piece)
    if (clean.length > 0) yield clean
  }
  const rest = blotter.end()
  if (rest.length > 0) yield rest
}
