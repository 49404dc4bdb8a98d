import { describe, expect, it } from 'vitest'
import type { Records } from '../../../src/record/index.ts'
import { composeJunit } from '../../../src/report/junit/junit.ts'
import { composeResult } from '../../../src/report/index.ts'
import { addEvents, changeEvents, dropEvents, fridayRecords, killedAt } from '../../support/records.ts'
import { xmlFault } from '../../support/report-xml.ts'

const healthy = fridayRecords()
const junit = (records: Records) => composeJunit(composeResult(records))
/** Names of the cases that ended in one way, with their suite. */
const cases = (xml: string, end: string) =>
  [...xml.matchAll(/<testcase name="([^"]+)" classname="([^"]+)"[^>]*(?<!\/)>\s*<(\w+) /g)]
    .filter(([, , , found]) => found === end)
    .map(([, name, suite]) => `${suite}: ${name}`)

describe('the JUnit report', () => {
  it('has a case for every proof, objective and target of every fault, and for the run', () => {
    const xml = junit(healthy)
    expect(xmlFault(xml)).toBeNull()
    expect(xml).toMatch(
      /<testsuites name="gameday friday-failover" tests="19" failures="0" errors="0" skipped="0" time="150.005" timestamp="2026-11-20T14:00:00">/,
    )
    const names = [...xml.matchAll(/<testcase name="([^"]+)"/g)].map(([, name]) => name)
    expect(names.slice(0, 3)).toEqual(['run.completed', 'load.trusted', 'rollback.restored'])
    expect(names.slice(3, 11)).toEqual([
      'proof.in-force',
      'objective.success',
      'objective.p95',
      'objective.cost',
      'failover.failover',
      'failover.failback',
      'failover.tax',
      'proof.gone',
    ])
  })

  it('calls what was missed a failure, with the numbers', () => {
    const xml = junit(fridayRecords({ router: { neverFailsOver: () => true } }))
    expect(cases(xml, 'failure')).toEqual(
      ['objective.success', 'objective.p95', 'failover.failover'].map(
        (name) => `friday-failover.fault-1.revoke-key: ${name}`,
      ),
    )
    expect(xml).toMatch(
      /<failure message="success 10\.\d+ % of 1,701 requests, promised at least 99\.5 %" type="missed"\/>/,
    )
  })

  it('calls a broken tool an error, and skips what it could not judge', () => {
    const late = junit(changeEvents(healthy, 'load.summary', (entry) => ({ ...entry, dispatchLagP99Ms: 90 })))
    expect(cases(late, 'error')).toEqual(['friday-failover: load.trusted'])
    const unproven = junit(dropEvents(healthy, 'fault.proven'))
    expect(cases(unproven, 'error').map((name) => name.split(': ')[1])).toEqual([
      'proof.in-force',
      'proof.in-force',
    ])
    expect(cases(unproven, 'skipped')).toHaveLength(12)
    expect(cases(junit(killedAt(healthy, 45_000)), 'error')).toEqual(
      expect.arrayContaining([
        'friday-failover: run.completed',
        'friday-failover: rollback.restored',
        'friday-failover.fault-1.revoke-key: proof.gone',
      ]),
    )
  })

  it('skips an inconclusive objective and says why', () => {
    const xml = junit(fridayRecords({ perSecond: 8, claim: 'behaviour' }))
    expect(cases(xml, 'skipped').map((name) => name.split(': ')[1])).toContain('objective.success')
    expect(xml).toMatch(/<skipped message="success 100 % of \d+ requests, promised at least 99\.5 %"\/>/)
    expect(cases(xml, 'failure').concat(cases(xml, 'error'))).toEqual([])
  })

  it('fails for a fault that was skipped, and skips the rollback where nothing was broken', () => {
    const records = {
      ...healthy,
      journal: healthy.journal.filter((entry) => !('fault' in entry) && !('plan' in entry)),
    }
    const skipped = addEvents(records, [
      80_000,
      { type: 'fault.skipped', fault: 0, kind: 'latency', target: 'primary', reason: 'not recovered' },
    ])
    const xml = junit(skipped)
    expect(cases(xml, 'failure')).toEqual(['friday-failover.fault-1.latency: proof.in-force'])
    expect(cases(xml, 'skipped')).toEqual(['friday-failover: rollback.restored'])
  })

  it('stays well-formed whatever it has to carry', () => {
    const hostile = 'a"b\'<c>&\u0000\u000b\ufffe\ud800]]>\n😀'
    const xml = junit(
      addEvents(
        changeEvents(dropEvents(healthy, 'fault.gone', 'rollback.undone'), 'run.started', (entry) => ({
          ...entry,
          drill: { ...entry.drill, name: hostile },
        })),
        [130_000, { type: 'fault.not-gone', fault: 0, reason: hostile, byHand: [] }],
      ),
    )
    expect(xmlFault(xml)).toBeNull()
    expect(xml).toContain('😀')
  })
})
