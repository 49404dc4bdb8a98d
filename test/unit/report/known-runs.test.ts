import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecords, type Result } from '../../../src/record/index.ts'
import { composeResult } from '../../../src/report/compose.ts'
import { folderOf, knownRuns } from '../../fixtures/runs/generate.ts'
import { differences, expectAgreement, recompute } from '../../support/oracle.ts'
import { asFailed, changeEvents, changeSamples, fridayRecords, killedAt } from '../../support/records.ts'

const made = knownRuns()
const RUNS = Object.keys(made)
const truthOf = (run: string): unknown => JSON.parse(readFileSync(join(folderOf(run), 'truth.json'), 'utf8'))

describe.each(RUNS)('the known run %s', (run) => {
  const records = readRecords(folderOf(run))

  it('is on disk as its script makes it', () => {
    for (const [file, text] of Object.entries(made[run] ?? {}))
      expect(readFileSync(join(folderOf(run), file), 'utf8')).toBe(text)
  })

  it('has the numbers that its script makes true', () => {
    expect(differences(truthOf(run), composeResult(records))).toEqual([])
  })

  it('has the numbers that a separate computation finds', () => {
    expectAgreement(records, composeResult(records))
  })

  it('has those numbers in the separate computation too, as far as that one says anything', () => {
    const found = differences(truthOf(run), recompute(records))
    expect(found.filter((difference) => !difference.includes(' is undefined, '))).toEqual([])
  })
})

describe('the separate computation', () => {
  it.each([
    ['held', fridayRecords()],
    [
      'was lost by a router that tries the dead primary for every request',
      fridayRecords({ router: { noCircuit: true } }),
    ],
    [
      'was lost by a router that never fails over for streams',
      fridayRecords({ router: { neverFailsOver: ({ stream }) => stream } }),
    ],
    ['was lost by a router that stays away', fridayRecords({ router: { neverFailsBack: true } })],
    [
      'was lost by a router that waits for a slow primary',
      fridayRecords({ router: { tripSlowMs: 9000, taxMs: 80 } }),
    ],
    ['was killed while its first fault was in force', killedAt(fridayRecords(), 50_000)],
    ['was killed before its first fault', killedAt(fridayRecords(), 20_000)],
  ])('agrees on a Friday drill that %s', (_drill, records) => {
    expectAgreement(records, composeResult(records))
  })
})

describe('a known run told otherwise', () => {
  const slow = readRecords(folderOf('slow-with-timeouts'))
  const friday = fridayRecords()
  // Meant in the restore phase of the first fault, and under way when the second came into force at 80,200 ms.
  const struck = changeSamples(friday, (sample) =>
    sample.intendedMs < 80_000 && (sample.endMs ?? 0) > 80_200 ? asFailed(sample) : sample,
  )

  it('detects a fault of the provider by the first attempt that the router hung up on', () => {
    const told = changeEvents(slow, 'fault.requested', (event) => ({ ...event, network: false }))
    const result = composeResult(told)
    expect(result.faults[0]).toMatchObject({ detectSource: 'attempt', detectMs: 14_501 - 11_050 })
    expectAgreement(told, result)
  })

  it('detects nothing where the fault was undone before its first sign', () => {
    const early = changeEvents(slow, 'fault.reverting', (event) => ({ ...event, atMs: 12_990 }))
    const told = changeEvents(early, 'fault.reverted', (event) => ({ ...event, atMs: 13_000 }))
    const result = composeResult(told)
    expect(result.faults[0]).toMatchObject({
      detectMs: null,
      detectSource: null,
      notReached: { detect: 13_000 - 11_050 },
    })
    expectAgreement(told, result)
  })

  it('comes home from one fault although the next one strikes what is under way', () => {
    expect(struck.samples.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThan(0)
    const result = composeResult(struck)
    expect(result.faults[0]?.failbackMs).toBe(composeResult(friday).faults[0]?.failbackMs)
    expect(result.faults[0]?.failbackMs).toBeGreaterThan(0)
    expectAgreement(struck, result)
  })
})

describe('a wrong number', () => {
  const records = readRecords(folderOf('slow-with-timeouts'))
  const wrong: [what: string, where: string, change: (result: Result) => void][] = [
    [
      'a p95 of 1 ms more',
      'faults[0].objectives[p95].observed',
      ({ faults }) => void (objective(faults[0], 'p95').observed = 4139),
    ],
    ['one failure fewer', 'faults[0].failedRequests', ({ faults }) => void faults[0]!.failedRequests--],
    [
      'one success more',
      'faults[0].objectives[success].observed',
      ({ faults }) => void (objective(faults[0], 'success').observed = 257 / 263),
    ],
    [
      'a millionth of a dollar more',
      'faults[0].objectives[cost].observed',
      ({ faults }) => void (objective(faults[0], 'cost').observed = 1.212 / 256 + 1e-6),
    ],
    [
      'one request less in the union of outages',
      'objectives[success].n',
      ({ objectives }) => void objectives[0]!.n--,
    ],
    [
      'a failover a fiftieth of a millisecond late',
      'faults[0].stableMs',
      ({ faults }) => void (faults[0]!.stableMs! += 0.02),
    ],
    [
      'a failback that was not reached',
      'faults[0].failbackMs',
      ({ faults }) => void (faults[0]!.failbackMs = null),
    ],
    [
      'another sign of detection',
      'faults[0].detectSource',
      ({ faults }) => void (faults[0]!.detectSource = 'attempt'),
    ],
    ['a trip that nobody can see', 'faults[0].tripMs', ({ faults }) => void (faults[0]!.tripMs = 3154)],
    ['an infinite percentile of a phase', 'phases[1].p95Ms', ({ phases }) => void (phases[1]!.p95Ms = 'inf')],
    [
      'a failure of a class that had none',
      'phases[2].failures.refused',
      ({ phases }) => void (phases[2]!.failures['refused'] = 1),
    ],
    ['one unmatched request more', 'load.unmatched', ({ load }) => void load.unmatched++],
    ['a fault that is left out', 'faults is not a list of 1', ({ faults }) => void faults.pop()],
  ]

  it.each(wrong)('is noticed: %s', (_what, where, change) => {
    const result = structuredClone(composeResult(records))
    expectAgreement(records, result)
    change(result)
    expect(() => expectAgreement(records, result)).toThrow(where)
  })

  it('is not seen where a time is off by less than a hundredth of a millisecond', () => {
    const result = structuredClone(composeResult(records))
    result.faults[0]!.stableMs! += 0.005
    expect(() => expectAgreement(records, result)).not.toThrow()
  })
})

function objective(fault: Result['faults'][number] | undefined, id: string) {
  const found = fault?.objectives.find((one) => one.id === id)
  if (found === undefined) throw new Error(`the result has no objective ${id}`)
  return found
}
