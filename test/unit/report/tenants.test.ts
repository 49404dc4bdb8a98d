import { describe, expect, it } from 'vitest'
import type { Records, Sample } from '../../../src/record/index.ts'
import { composeResult } from '../../../src/report/index.ts'
import { composeJunit } from '../../../src/report/junit/junit.ts'
import { renderReport } from '../../../src/report/markdown/render.ts'
import { expectAgreement } from '../../support/oracle.ts'
import { asFailed, changeEvents, changeSamples, fridayRecords } from '../../support/records.ts'

const friday = fridayRecords({ claim: 'behaviour' })
/** As if the first fault had been held to one tenant. */
const heldTo = (tenant: string, records: Records = friday) =>
  changeEvents(records, 'fault.requested', (entry) =>
    entry.fault === 0 ? { ...entry, whole: false, parameters: { ...entry.parameters, tenant } } : entry,
  )
/** Some ten of globex’s 500 requests of the first outage fail, soon after it began: of all 1,500 too few to tell. */
const failing = changeSamples(friday, (sample: Sample) =>
  sample.lane === 'main' &&
  sample.tenant === 'globex' &&
  sample.intendedMs > 25_000 &&
  sample.intendedMs < 26_500 &&
  Number(sample.id.slice(1)) % 6 === 0
    ? asFailed(sample)
    : sample,
)
const tenantsOf = (records: Records) => composeResult(records).faults[0]?.tenants ?? []

describe('an outage by tenant', () => {
  it('adds up to the whole of it', () => {
    const [fault] = composeResult(friday).faults
    expect(fault?.tenants?.map(({ tenant, struck }) => `${tenant} ${struck}`).sort()).toEqual([
      'acme true',
      'globex true',
    ])
    const n = fault?.tenants?.reduce((sum, { objectives }) => sum + (objectives[0]?.n ?? 0), 0)
    expect(n).toBe(fault?.objectives[0]?.n)
  })

  it('names whom the fault was held to first, else who lost most', () => {
    expect(tenantsOf(heldTo('globex')).map(({ tenant, struck }) => [tenant, struck])).toEqual([
      ['globex', true],
      ['acme', false],
    ])
    expect(tenantsOf(failing).map(({ tenant }) => tenant)).toEqual(['globex', 'acme'])
  })

  it('is left out where the load has one tenant alone', () => {
    const alone = changeSamples(friday, (sample) => ({ ...sample, tenant: 'acme' }))
    expect(composeResult(alone).faults.every(({ tenants }) => tenants === undefined)).toBe(true)
    expect(renderReport(composeResult(alone), alone)).not.toContain('## By tenant')
  })
})

describe('a fault that is held to one tenant', () => {
  it('is judged by each tenant: one that suffers makes the drill weak, though over all requests nothing is missed', () => {
    const overall = composeResult(failing)
    expect([overall.verdict, overall.faults[0]?.objectives[0]?.verdict]).toEqual(['held', 'inconclusive'])
    const result = composeResult(heldTo('acme', failing))
    const of = (tenant: string) => result.faults[0]?.tenants?.find((one) => one.tenant === tenant)
    expect(result.faults[0]?.objectives[0]?.verdict).toBe('inconclusive')
    expect(of('globex')?.objectives[0]?.verdict).toBe('missed')
    expect(result).toMatchObject({ verdict: 'weak', exitCode: 1 })
    expect(result.decidedBy).toMatch(/^objective missed for globex under fault 1: success 9\d\.\d+ % of/)
    expect(composeJunit(result)).toContain('name="tenant.globex.success"')
    expectAgreement(heldTo('acme', failing), result)
  })

  it('leaves a drill that claims the promise unproven where too little was seen of one tenant', () => {
    const result = composeResult(heldTo('acme', fridayRecords()))
    expect(result).toMatchObject({ verdict: 'unproven', exitCode: 5 })
    expect(result.decidedBy).toMatch(/^objective inconclusive for globex under fault 1: success 100 % of \d+/)
  })

  it('has the clocks and the control lane of that tenant alone', () => {
    const records = changeSamples(friday, (sample) =>
      sample.lane === 'control'
        ? { ...sample, tenant: Number(sample.id.slice(1)) % 2 === 0 ? 'globex' : 'acme' }
        : sample,
    )
    const [all, held] = [composeResult(records).faults[0], composeResult(heldTo('globex', records)).faults[0]]
    expect(held?.withoutRouter.requests).toBeLessThan((all?.withoutRouter.requests ?? 0) * 0.6)
    expect(held?.withoutRouter.requests).toBeGreaterThan((all?.withoutRouter.requests ?? 0) * 0.4)
    // The first request of globex that was served elsewhere is not the first of all.
    expect(held?.switchMs).toBeGreaterThan(all?.switchMs ?? 0)
    expectAgreement(heldTo('globex', records), composeResult(heldTo('globex', records)))
  })

  it('is shown by tenant in the report, and named with its tenant', () => {
    const report = renderReport(composeResult(heldTo('acme')), heldTo('acme'))
    expect(report).toContain(
      '## By tenant\n\n**1 · revoke-key (acme alone)**. The fault was held to one tenant',
    )
    expect(report).toMatch(/\n\| globex \(not struck\) +\| +\d+ \| 100 % \(/)
    expect(report).toContain('**2 · latency**. For comparison')
    expect(report).toContain('for the tenant acme alone the primary’s key was refused')
  })
})
