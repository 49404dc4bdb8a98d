import { describe, expect, it } from 'vitest'
import { runInProcess } from '../support/run-drill.ts'

const SEEDS = [1, 2, 3, 4, 5, 6]

/** The good router must not be blamed for what chance does: other arrivals, other delays, another order of prompts. */
describe.concurrent('the embedded router under the smoke drill', () => {
  it.each(SEEDS)('holds without a finding with seed %i', async (seed) => {
    const { result } = await runInProcess({ drill: 'smoke', seed, durationMs: 52_000 })
    expect(result.findings.map(({ title }) => title)).toEqual([])
    expect(result.exitCode, result.decidedBy).toBe(0)
  })
})
