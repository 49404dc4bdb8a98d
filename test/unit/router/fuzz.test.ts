import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORMAT_IDS } from '../../../src/base/index.ts'
import { formatOf } from '../../../src/wire/index.ts'
import { bodyIn, cuts } from '../../support/fuzz-bodies.ts'
import { describeReading } from '../../support/fuzz-describe.ts'
import { anyMeeting, meet } from '../../support/fuzz-meeting.ts'
import { complaintAboutReading } from '../../support/fuzz-reading.ts'
import { WORSE_READERS, WORSE_ROUTERS, WORSE_TRANSLATIONS } from '../../support/fuzz-worse.ts'

/** A small sample of what `test/full/router-fuzz.test.ts` does at length, and proof that it would find something. */
const SEED = 20261126
const NEVER_ENDS = new Set(['stalls', 'silence', 'longer', 'endless'])

describe.each(FORMAT_IDS)('whatever a provider of %s sends', (format) => {
  describeReading(format, { seed: SEED, numRuns: 100 })
})

describe('the fuzzing of the readers', () => {
  const bodies = fc.sample(fc.tuple(bodyIn('openai', true), cuts), { seed: SEED, numRuns: 400 })

  it.each(WORSE_READERS)('finds a reader that $what', ({ reader, found }) => {
    const complaints = bodies.map(([body, cuts]) => complaintAboutReading(reader, body, cuts) ?? '')
    expect(complaints.join('\n')).toMatch(found)
  })

  it.each(WORSE_TRANSLATIONS)('finds a translation that $what', ({ between, found }) => {
    const complaints = bodies.map(
      ([body, cuts]) => complaintAboutReading(formatOf('openai'), body, cuts, between) ?? '',
    )
    expect(complaints.join('\n')).toMatch(found)
  })
})

describe.concurrent('the fuzzing of the router', () => {
  const formats = { primary: 'openai', secondary: 'anthropic' } as const
  const meetings = fc.sample(anyMeeting(formats), { seed: SEED, numRuns: 80 })

  it('finds nothing in the router', async () => {
    expect(await meet(meetings, formats)).toEqual([])
  })

  it.each(WORSE_ROUTERS)('finds a gateway that $what', async ({ start, found }) => {
    const alike = { primary: 'openai', secondary: 'openai' } as const
    // It has no clocks: of what never ends somebody has to let go.
    const all = fc
      .sample(anyMeeting(alike), { seed: SEED, numRuns: 120 })
      .map((one) => (NEVER_ENDS.has(one.scripts.primary.lie) ? { ...one, manner: { leaves: 600 } } : one))
    expect((await meet(all, alike, { start })).join('\n')).toMatch(found)
  })
})
