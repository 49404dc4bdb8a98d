import { describe, expect, it } from 'vitest'
import { composeResult } from '../../../src/report/index.ts'
import { composeJunit } from '../../../src/report/junit/junit.ts'
import { clockNotes, clocksTable } from '../../../src/report/markdown/clocks.ts'
import { promisesTable } from '../../../src/report/markdown/promises.ts'
import { fridayRecords, withBothDown } from '../../support/records.ts'

const failing = fridayRecords({ router: { neverFailsOver: () => true } })
const result = composeResult(withBothDown(failing))
const [primary, slow, secondary] = result.faults

describe('two faults of one break phase', () => {
  it('make one outage, which is the primary’s and is judged once', () => {
    expect(primary?.beside).toBe(2)
    expect(slow?.beside).toBeUndefined()
    expect(secondary).toMatchObject({ target: 'secondary', beside: 0, objectives: [], outageEndMs: null })
    const alone = composeResult(failing)
    expect(primary?.objectives).toEqual(alone.faults[0]?.objectives)
    expect(result.errorBudget).toEqual(alone.errorBudget)
    expect(promisesTable(result)?.header).toHaveLength(2 + 2 + 1)
    expect(clocksTable(result)?.rows).toHaveLength(2)
  })

  it('leave the secondary’s only the clocks that mean something, and say why of the others', () => {
    expect(secondary).toMatchObject({
      switchMs: null,
      stableMs: null,
      failbackMs: null,
      taxMs: null,
      failedRequests: 0,
    })
    expect(Object.keys(secondary?.notObservable ?? {}).toSorted()).toEqual([
      'detect',
      'failback',
      'stable',
      'switch',
      'tax',
    ])
    expect(Object.keys(secondary?.notReached ?? {})).toEqual(['trip'])
  })

  it('decide the drill with both causes and the reason why nothing failed over', () => {
    expect(result.decidedBy).toMatch(
      /^objective missed under faults 1 and 3 \(revoke-key on primary, refused on secondary\)/,
    )
    expect(result.findings.find(({ rule }) => rule === 'failover-not-reached')?.title).toMatch(
      /stable service not reached in .*, at most 5 s allowed: no provider was left\.$/,
    )
    expect(promisesTable(result)?.header[2]).toMatch(/^1 · revoke-key \+ 3 · refused \(secondary\)/)
    expect(clockNotes(result)[2]).toMatch(/in force beside 1 from T\+00:24, so that no provider was left/)
  })

  it('are each proven and gone in the JUnit report, with one set of objectives and targets', () => {
    const suite = composeJunit(result)
      .split('<testsuite ')
      .find((text) => text.includes('fault-3.refused'))
    expect(suite?.match(/<testcase name="[^"]+"/g)).toEqual([
      '<testcase name="proof.in-force"',
      '<testcase name="proof.gone"',
    ])
  })

  it('raise no finding about a circuit, or about a well provider that was not asked', () => {
    const rules = result.findings
      .filter(({ title }) => title.includes('Faults 1 and 3'))
      .map(({ rule }) => rule)
    expect(rules).toContain('no-provider-left')
    expect(rules).not.toContain('no-circuit')
    expect(rules).not.toContain('errors-passed')
  })

  it('hold where the cache answers in the place of both, whatever nobody can say of the tax', () => {
    const records = fridayRecords()
    const cached = composeResult(
      withBothDown({
        ...records,
        samples: records.samples.map((sample) =>
          sample.servedBy === 'secondary' && sample.intendedMs < 70_000
            ? { ...sample, servedBy: 'cache' as const, tag: null }
            : sample,
        ),
      }),
    )
    expect(cached.verdict).toBe('held')
    expect(cached.faults[0]?.stableMs).toBeLessThan(1000)
    expect(cached.faults[0]?.taxMs).toBeNull()
  })
})
