import { describe, expect, it } from 'vitest'
import { objectiveResultSchema } from '../../../src/record/result.ts'
import { judgeObjectives, type Observed } from '../../../src/slo/index.ts'

const objectives = { success: 0.995, p95Ms: 2500, costUsd: 0.015 }
const nothing: Observed = { observed: null, interval: null, n: 0 }
const all = { success: nothing, p95: nothing, cost: nothing }
const seen = (observed: Observed['observed'], interval: Observed['interval'], n = 1000): Observed => ({
  observed,
  interval,
  n,
})

describe('judgeObjectives', () => {
  it.each<{ id: 'success' | 'p95' | 'cost'; interval: Observed['interval']; verdict: string; why: string }>([
    { id: 'success', interval: [0.9951, 1], verdict: 'met', why: 'all of it is above' },
    { id: 'success', interval: [0.995, 1], verdict: 'met', why: 'it begins at the target' },
    {
      id: 'success',
      interval: [0.99341, 0.99629],
      verdict: 'inconclusive',
      why: '50 failures in 10,000 say neither',
    },
    { id: 'success', interval: [0.98, 0.9949], verdict: 'missed', why: 'all of it is below' },
    { id: 'success', interval: [0.98, 0.995], verdict: 'inconclusive', why: 'it ends at the target' },
    { id: 'p95', interval: [1000, 2499], verdict: 'met', why: 'all of it is below' },
    { id: 'p95', interval: [1000, 2500], verdict: 'inconclusive', why: 'under 2.5 s is not 2.5 s' },
    { id: 'p95', interval: [1000, 'inf'], verdict: 'inconclusive', why: 'it is open at the top' },
    { id: 'p95', interval: [2500, 'inf'], verdict: 'missed', why: 'it begins at the target' },
    { id: 'p95', interval: ['inf', 'inf'], verdict: 'missed', why: 'all of it is infinite' },
    { id: 'cost', interval: [0.001, 0.0149], verdict: 'met', why: 'all of it is below' },
    { id: 'cost', interval: [0.0149, 0.016], verdict: 'inconclusive', why: 'the target is within' },
    { id: 'cost', interval: [0.0151, 0.016], verdict: 'missed', why: 'all of it is above' },
  ])('finds $id $verdict: $why', ({ id, interval, verdict }) => {
    const judged = judgeObjectives({ ...all, [id]: seen(1, interval) }, objectives)
    expect(judged.find((one) => one.id === id)?.verdict).toBe(verdict)
  })

  it('claims nothing without an interval, whatever was observed', () => {
    const judged = judgeObjectives(
      { success: seen(1, null, 1), p95: seen(10, null, 1), cost: seen(0.001, null, 1) },
      objectives,
    )
    expect(judged.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive', 'inconclusive'])
  })

  it('claims nothing from nothing', () => {
    expect(judgeObjectives(all, objectives)).toEqual([
      { id: 'success', target: 0.995, ...nothing, verdict: 'inconclusive' },
      { id: 'p95', target: 2500, ...nothing, verdict: 'inconclusive' },
      { id: 'cost', target: 0.015, ...nothing, verdict: 'inconclusive' },
    ])
  })

  it('fits the objectives of result.json', () => {
    for (const judged of judgeObjectives({ ...all, p95: seen('inf', [3000, 'inf']) }, objectives)) {
      expect(objectiveResultSchema.parse(judged)).toEqual(judged)
    }
  })
})
