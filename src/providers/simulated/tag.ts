import { seededRandom } from '../../base/index.ts'

/** Makes tags that no other of the same name repeats, in the form of the vendor's answer ids, which begin with `prefix`. */
export function tagger(seed: number, name: string, prefix: string): () => string {
  const random = seededRandom(seed, `${name}/tags`)
  let count = 0
  return () => {
    count++
    const drawn = Math.floor(random() * 36 ** 6)
      .toString(36)
      .padStart(6, '0')
    return `${prefix}${name.slice(0, 1)}${drawn}${count.toString(36)}`
  }
}

/** Writes the request id that belongs to a tag, in the form of the vendor's. */
export function requestIdOf(tag: string): string {
  return tag.replace(/^(chatcmpl-|msg_)/, 'req_')
}
