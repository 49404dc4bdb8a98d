import { describe, expect, it } from 'vitest'
import { composeResult, judgeTargets } from '../../../src/report/index.ts'
import { fridayRecords } from '../../support/records.ts'

const { targets, faults } = composeResult(fridayRecords())
const fault = faults[0]!
const failover = (change: Partial<typeof fault>) => judgeTargets({ ...fault, ...change }, targets)[0]

describe('judging a failover target', () => {
  it('is met up to and including its limit', () => {
    expect(failover({ stableMs: 5000 })).toMatchObject({ id: 'failover', verdict: 'met', observedMs: 5000 })
    expect(failover({ stableMs: 5000.001 })).toMatchObject({ verdict: 'missed' })
  })

  it('is missed when it was not reached in longer than it allows', () => {
    expect(failover({ stableMs: null, notReached: { stable: 38_000 } })).toMatchObject({
      verdict: 'missed',
      observedMs: null,
      waitedMs: 38_000,
    })
  })

  it('is open when the wait was shorter than its limit, or held too few requests to see it', () => {
    expect(failover({ stableMs: null, notReached: { stable: 4999 } })).toMatchObject({
      verdict: 'inconclusive',
      why: 'the wait for it ended before its target did',
    })
    const few = { ...fault.objectives[0]!, n: 80 }
    expect(failover({ stableMs: null, notReached: { stable: 38_000 }, objectives: [few] })).toMatchObject({
      verdict: 'inconclusive',
      why: 'fewer than 100 requests were sent meanwhile',
    })
  })

  it('gives the reason for a clock that cannot be seen', () => {
    const [, failback, tax] = judgeTargets(
      {
        ...fault,
        failbackMs: null,
        taxMs: null,
        notObservable: { failback: 'the fault was never undone', tax: 'no attempt was seen' },
      },
      targets,
    )
    expect([failback, tax]).toMatchObject([
      { verdict: 'inconclusive', why: 'the fault was never undone' },
      { verdict: 'inconclusive', why: 'no attempt was seen' },
    ])
  })

  it('has nothing to say of a fault that never came into force', () => {
    expect(judgeTargets({ ...fault, inForceMs: null }, targets)).toEqual([])
  })
})
