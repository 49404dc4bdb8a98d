import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FormatId } from '../../src/base/index.ts'
import { formatOf } from '../../src/wire/index.ts'
import { bodyIn, cuts } from './fuzz-bodies.ts'
import { complaintAboutReading } from './fuzz-reading.ts'

/** Tests the reader of a format against so many generated bodies, as streams and whole. */
export function describeReading(format: FormatId, drawn: { seed: number; numRuns: number }): void {
  it.each([true, false])(
    'is read in one way only, and never taken for what it is not (stream: %s)',
    (stream) => {
      fc.assert(
        fc.property(bodyIn(format, stream), cuts, (body, cuts) => {
          expect(complaintAboutReading(formatOf(format), body, cuts)).toBeNull()
        }),
        drawn,
      )
    },
  )
}
