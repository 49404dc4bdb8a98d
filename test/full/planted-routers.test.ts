import { describe, expect, it } from 'vitest'
import { plantedRouter, type Flaw } from '../support/planted-router.ts'
import { runInProcess } from '../support/run-drill.ts'

/** Every flaw ends with the exit code and the finding it deserves; without a flaw the same small router holds. */
const ROWS: { flaw: Flaw; drill: string; exitCode: number; finding: string | null }[] = [
  { flaw: 'none', drill: 'one-revoked-key', exitCode: 0, finding: null },
  { flaw: 'no-failover-on-401', drill: 'one-revoked-key-short', exitCode: 1, finding: 'errors-passed' },
  { flaw: 'no-failover-of-streams', drill: 'one-revoked-key-short', exitCode: 1, finding: 'class-differs' },
  { flaw: 'no-circuit', drill: 'one-revoked-key-short', exitCode: 0, finding: 'no-circuit' },
  { flaw: 'never-fails-back', drill: 'one-revoked-key-short', exitCode: 1, finding: 'never-fails-back' },
  { flaw: 'answers-empty', drill: 'one-revoked-key-short', exitCode: 1, finding: 'empty-answer' },
  { flaw: 'lies-about-server', drill: 'one-revoked-key-short', exitCode: 0, finding: 'header-disagrees' },
  { flaw: 'loses-2-percent', drill: 'one-revoked-key', exitCode: 1, finding: 'objective-missed' },
  { flaw: 'spreads-to-all-tenants', drill: 'one-tenant-short', exitCode: 1, finding: 'tenant-missed' },
  { flaw: 'drops-one-tenant', drill: 'one-tenant-short', exitCode: 1, finding: 'tenant-missed' },
  // It has one circuit for all tenants, and no other flaw.
  { flaw: 'none', drill: 'one-tenant-short', exitCode: 0, finding: 'taken-from-others' },
  { flaw: 'none', drill: 'one-refused', exitCode: 0, finding: null },
  { flaw: 'ends-cut-streams-clean', drill: 'one-refused', exitCode: 0, finding: 'truncated-stream' },
]

describe.concurrent('a planted router', () => {
  it.each(ROWS)(
    'with the flaw $flaw under $drill ends $exitCode with the finding $finding',
    async ({ flaw, drill, exitCode, finding }) => {
      const { result } = await runInProcess({ drill, makeRouter: plantedRouter(flaw) })
      const rules = result.findings.map(({ rule }) => rule)
      expect(result.exitCode, `${result.decidedBy} [${rules.join(', ')}]`).toBe(exitCode)
      // The good router has no finding at all; a flawed one may have further ones, which follow from the flaw.
      expect(finding === null ? rules : rules.filter((rule) => rule === finding).slice(0, 1)).toEqual(
        finding === null ? [] : [finding],
      )
      expect(result.rollback).toMatchObject({ record: true, undone: true, proven: true })
    },
  )
})
