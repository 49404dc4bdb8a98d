import type { Random } from '../../../base/index.ts'
import type { ToxicKind } from './toxic.ts'

type Field = 'average_size' | 'size_variation' | 'delay'

/**
 * Passes each chunk on in pieces of about `average_size` bytes, give or take `size_variation`, and waits `delay`
 * microseconds after each.
 */
export const slicer: ToxicKind<Field> = {
  type: 'slicer',
  structName: 'SlicerToxic',
  fieldType: 'int',
  fields: ['average_size', 'size_variation', 'delay'],

  // Toxiproxy 2.12 accepts these and dies of the first byte; 2.13 refuses them in these words.
  validate: ({ average_size: average, size_variation: variation }) => {
    if (average <= 0) return 'average_size must be greater than 0'
    if (variation < 0 || variation > average)
      return 'size_variation must be at least 0 and at most average_size'
    return null
  },

  async pipe(stage, { average_size: average, size_variation: variation, delay }) {
    for (;;) {
      const got = await stage.next()
      if (got === 'end') return stage.close()
      if (typeof got === 'string') return
      // Counted from the first piece on: a timer is a millisecond or more late, and pieces may be microseconds apart.
      let dueMs = stage.now()
      let start = 0
      for (const end of cuts(got.data.length, average, variation, stage)) {
        stage.emit({ data: got.data.subarray(start, end), arrivedMs: got.arrivedMs })
        start = end
        dueMs += delay / 1000
        if (await stage.sleepUntil(dueMs)) continue
        // Interrupted: the rest is passed on at once, whole.
        if (start < got.data.length) stage.emit({ data: got.data.subarray(start), arrivedMs: got.arrivedMs })
        return
      }
    }
  },
}

/**
 * Draws where the pieces of a chunk end: it is halved until no piece is longer than average + variation, each cut moved by
 * up to the variation. No piece is empty.
 */
function cuts(
  length: number,
  average: number,
  variation: number,
  source: { readonly random: Random },
): number[] {
  const ends: number[] = []
  const open: [start: number, end: number][] = [[0, length]]
  for (let piece = open.pop(); piece !== undefined; piece = open.pop()) {
    const [start, end] = piece
    if (end - start <= average + variation) {
      ends.push(end)
      continue
    }
    const shift = variation > 0 ? Math.floor(source.random() * variation * 2) - variation : 0
    const middle = start + Math.max(1, Math.floor((end - start) / 2) + shift)
    open.push([middle, end], [start, middle])
  }
  return ends
}
