import { describe, expect, it } from 'vitest'
import type { Sample } from '../../../src/record/index.ts'
import { resultSchema } from '../../../src/record/index.ts'
import { composeResult } from '../../../src/report/index.ts'
import { viewOf } from '../../../src/report/markdown/view.ts'
import { asFailed, changeEvents, changeSamples, fridayRecords } from '../../support/records.ts'

/** A healthy Friday drill whose second fault says that undoing it cuts connections. */
const healthy = changeEvents(fridayRecords(), 'fault.requested', (event) =>
  event.fault === 1 ? { ...event, cutsOnRevert: true } : event,
)
const revertedMs = composeResult(healthy).faults[1]?.revertedMs ?? 0
const lost = { class: 'connection', status: null } as const

/** Makes the first request that was under way at the revert end so, so long after it. */
function oneEnds(afterMs: number, change: (sample: Sample) => Sample, startsMs = -50) {
  const first = healthy.samples.find(
    ({ lane, intendedMs }) => lane === 'main' && intendedMs >= revertedMs - 500,
  )
  return changeSamples(healthy, (sample) =>
    sample === first
      ? change({
          ...sample,
          intendedMs: revertedMs + startsMs,
          startedMs: revertedMs + startsMs,
          endMs: revertedMs + afterMs,
        })
      : sample,
  )
}

describe('a request that the undoing of a fault cut', () => {
  const records = oneEnds(300, (sample) => asFailed(sample, lost))
  const result = composeResult(records)

  it('is counted and named, and in no population', () => {
    expect(resultSchema.parse(result)).toEqual(result)
    const [id] = result.faults[1]?.cutByRevert?.samples ?? []
    expect(result.faults[1]).toMatchObject({ cutByRevert: { requests: 1, samples: [id] }, failedRequests: 0 })
    expect(records.samples.find((sample) => sample.id === id)).toMatchObject({ class: 'connection' })
    expect(result.phases.reduce((sum, { failed }) => sum + failed, 0)).toBe(0)
    expect(result.faults[0]).not.toHaveProperty('cutByRevert')
  })

  it('is told in the report, and so is that there was none', () => {
    expect(viewOf(result, records).clockNotes[1]).toMatch(
      /Clients saw no failure\. Its undoing closes connections, and 1 request failed by that \(m\d+\): the tool’s doing, counted nowhere\./,
    )
    expect(viewOf(composeResult(healthy), healthy).clockNotes[1]).toMatch(/no request failed by that\.$/)
  })
})

describe('a request is not taken for one that was cut', () => {
  it.each([
    { name: 'that failed a second later', records: oneEnds(1001, (sample) => asFailed(sample, lost)) },
    { name: 'that failed before', records: oneEnds(-20, (sample) => asFailed(sample, lost)) },
    { name: 'that was sent afterwards', records: oneEnds(300, (sample) => asFailed(sample, lost), 1) },
    { name: 'that failed otherwise', records: oneEnds(300, (sample) => asFailed(sample)) },
  ])('$name', ({ records }) => {
    const { faults, phases } = composeResult(records)
    expect(faults[1]?.cutByRevert).toEqual({ requests: 0, samples: [] })
    expect(phases.reduce((sum, { failed }) => sum + failed, 0)).toBe(1)
  })

  it('where undoing the fault cuts nobody', () => {
    const records = changeEvents(
      oneEnds(300, (sample) => asFailed(sample, lost)),
      'fault.requested',
      ({ cutsOnRevert: _, ...event }) => event,
    )
    expect(composeResult(records).faults[1]).not.toHaveProperty('cutByRevert')
  })
})
