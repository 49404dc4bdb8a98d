import { describe, expect, it } from 'vitest'
import { phaseStats } from '../../../src/measure/index.ts'
import { phaseResultSchema } from '../../../src/record/result.ts'
import { sampleOf } from '../../support/measure-timeline.ts'

describe('phaseStats', () => {
  it('counts outcomes, classes and servers of the main lane', () => {
    const stats = phaseStats([
      sampleOf(),
      sampleOf({ servedBy: 'secondary' }),
      sampleOf({ servedBy: 'cache' }),
      sampleOf({ servedBy: null }),
      sampleOf({ outcome: 'failed', class: 'credential' }),
      sampleOf({ outcome: 'failed', class: 'credential' }),
      sampleOf({ outcome: 'truncated', class: 'truncated' }),
      sampleOf({ outcome: 'timeout', class: null }),
    ])
    expect(stats).toMatchObject({
      requests: 8,
      ok: 4,
      failed: 4,
      failures: { credential: 2, truncated: 1, timeout: 1 },
      successRate: 0.5,
      servedBy: { primary: 1, secondary: 1, cache: 1 },
    })
  })

  it('keeps dropped requests and the control lane out of everything', () => {
    const stats = phaseStats([
      sampleOf(),
      sampleOf({ outcome: 'dropped', startedMs: null, endMs: null, servedBy: null, costUsd: null }),
      sampleOf({ lane: 'control', outcome: 'failed', costUsd: 5 }),
    ])
    expect(stats).toMatchObject({
      requests: 1,
      ok: 1,
      failed: 0,
      failures: {},
      successRate: 1,
      costUsd: 0.001,
    })
  })

  it('says nothing about nothing', () => {
    expect(phaseStats([])).toEqual({
      requests: 0,
      ok: 0,
      failed: 0,
      failures: {},
      successRate: null,
      p50Ms: null,
      p95Ms: null,
      p95OkMs: null,
      p99Ms: null,
      servedBy: { primary: 0, secondary: 0, cache: 0 },
      costUsd: null,
    })
  })

  it('divides what failed requests cost among the successes', () => {
    const samples = [
      sampleOf({ costUsd: 0.002 }),
      sampleOf({ costUsd: 0.004 }),
      sampleOf({ outcome: 'timeout', costUsd: 0.006 }),
    ]
    expect(phaseStats(samples).costUsd).toBeCloseTo(0.006, 12)
  })

  it('does not know the average cost when one cost is unknown, even of a failure', () => {
    expect(phaseStats([sampleOf(), sampleOf({ outcome: 'failed', costUsd: null })]).costUsd).toBeNull()
  })

  it('has no average cost without a success', () => {
    expect(phaseStats([sampleOf({ outcome: 'failed' })]).costUsd).toBeNull()
  })

  it('fits the phases of result.json', () => {
    const phase = { name: 'baseline', kind: 'baseline', startMs: 0, endMs: 1, ...phaseStats([sampleOf()]) }
    expect(phaseResultSchema.parse(phase)).toEqual(phase)
  })
})
