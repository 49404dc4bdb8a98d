import { describe, expect, it } from 'vitest'
import { runInProcess } from '../support/run-drill.ts'

describe('drills/pager.yaml', () => {
  it('sets off the alert on cost and no other one, and holds', async () => {
    const { result } = await runInProcess({ drill: 'pager', durationMs: 36_000, perSecond: 20 })
    expect(result.decidedBy).toContain('the right alerts fired and no others')
    expect(result.verdict).toBe('held')
    const [fault] = result.faults
    expect(result.alerts).toMatchObject([
      { rule: 'p95', expected: false, firedMs: null },
      { rule: 'success', expected: false, firedMs: null },
      {
        rule: 'cost',
        expected: true,
        firedMs: expect.any(Number) as number,
        resolvedMs: expect.any(Number) as number,
      },
    ])
    expect(result.alerts[2]?.firedMs).toBeGreaterThan(fault?.inForceMs ?? Infinity)
    expect(result.alerts[2]?.resolvedMs).toBeGreaterThan(fault?.revertedMs ?? Infinity)
  })
})
