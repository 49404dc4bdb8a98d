import { StringDecoder } from 'node:string_decoder'

const LINE_END = 0x0a

/** Cuts bytes into lines as they come, and tells of the first line that is longer than `most` bytes; then it is deaf. */
export function lineCutter(
  most: number,
  { onLine, onTooLong }: { onLine: (line: string) => void; onTooLong: () => void },
): (piece: Uint8Array) => void {
  let decoder = new StringDecoder('utf8')
  let [rest, bytes, deaf] = ['', 0, false]
  return (piece) => {
    let from = 0
    while (!deaf && from < piece.length) {
      const end = piece.indexOf(LINE_END, from)
      const part = piece.subarray(from, end === -1 ? piece.length : end)
      bytes += part.length
      if (bytes > most) {
        deaf = true
        onTooLong()
        return
      }
      rest += decoder.write(Buffer.from(part))
      if (end === -1) return
      const line = rest + decoder.end()
      decoder = new StringDecoder('utf8')
      ;[rest, bytes, from] = ['', 0, end + 1]
      if (line !== '') onLine(line)
    }
  }
}
