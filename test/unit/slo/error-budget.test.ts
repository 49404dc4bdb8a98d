import { describe, expect, it } from 'vitest'
import { resultSchema } from '../../../src/record/result.ts'
import {
  allowedFailures,
  burnRate,
  errorBudget,
  needsPostmortem,
  wouldSpend,
  type BudgetInput,
} from '../../../src/slo/index.ts'

const input: BudgetInput = {
  objectives: { success: 0.995, windowDays: 30, requests: 10_000 },
  traffic: { perSecond: 10 },
  spentBefore: 4,
  outages: [],
  spentByDrill: 0,
}
const outage = (failed: number, requests = 1000, durationMs = 60_000) => ({ requests, failed, durationMs })

describe('allowedFailures', () => {
  it.each([
    { success: 0.995, requests: 10_000, allowed: 50 }, // not 50.00000000000004
    { success: 0.999, requests: 1_000_000, allowed: 1000 },
    { success: 1, requests: 10_000, allowed: 0 },
  ])('allows $allowed of $requests at $success', ({ success, requests, allowed }) => {
    expect(allowedFailures({ success, requests })).toBe(allowed)
  })
})

describe('burnRate', () => {
  it.each([
    { ratio: 1, target: 0.995, rate: 200 },
    { ratio: 0.072, target: 0.995, rate: 14.4 },
    { ratio: 0.03, target: 0.995, rate: 6 },
    { ratio: 0.005, target: 0.995, rate: 1 },
    { ratio: 0, target: 0.995, rate: 0 },
    { ratio: 0, target: 1, rate: 0 },
  ])('is $rate when $ratio fails at a target of $target', ({ ratio, target, rate }) => {
    expect(burnRate(ratio, target)).toBeCloseTo(rate, 12)
  })

  it('does not exist where no failure is allowed', () => {
    expect(burnRate(0.01, 1)).toBeNull()
  })
})

describe('errorBudget', () => {
  it('says what the outage would have spent at the real traffic', () => {
    // 10 % of 60 s at 10/s are 60 failures; an hour of it 3,600.
    expect(errorBudget({ ...input, outages: [outage(100)] })).toEqual({
      windowDays: 30,
      requests: 10_000,
      allowed: 50,
      spentBefore: 4,
      failureRatio: 0.1,
      outageMs: 60_000,
      trafficPerSecond: 10,
      wouldHaveSpent: 60,
      fourHoursWouldSpend: 14_400,
      spentByDrill: 0,
      remaining: 46,
      burnRate: 20,
      hoursToExhaust: 46 / 3600,
      freeze: false,
    })
  })

  it('takes the outage that would have spent most for the worst', () => {
    const short = outage(500, 1000, 10_000)
    const long = outage(100, 1000, 600_000)
    expect(errorBudget({ ...input, outages: [short, long] })).toMatchObject({
      failureRatio: 0.1,
      outageMs: 600_000,
      wouldHaveSpent: 600,
    })
    expect(errorBudget({ ...input, outages: [long, short] })).toMatchObject({
      failureRatio: 0.1,
      outageMs: 600_000,
    })
  })

  it('spends nothing on an outage without a failure', () => {
    expect(errorBudget({ ...input, spentBefore: null, outages: [outage(0)] })).toMatchObject({
      failureRatio: 0,
      wouldHaveSpent: 0,
      fourHoursWouldSpend: 0,
      burnRate: 0,
      hoursToExhaust: 'inf',
    })
  })

  it.each([{ outages: [] }, { outages: [outage(0, 0)] }])(
    'knows nothing of an outage that no request met',
    ({ outages }) => {
      expect(errorBudget({ ...input, outages })).toMatchObject({
        failureRatio: null,
        outageMs: null,
        wouldHaveSpent: null,
        fourHoursWouldSpend: null,
        burnRate: null,
        hoursToExhaust: null,
        remaining: 46,
      })
    },
  )

  it('does not guess what was spent before', () => {
    expect(errorBudget({ ...input, spentBefore: null, outages: [outage(100)] })).toMatchObject({
      spentBefore: null,
      remaining: null,
      hoursToExhaust: null,
      freeze: false,
      wouldHaveSpent: 60,
    })
  })

  it.each([
    { spentBefore: 49, spentByDrill: 0, freeze: false },
    { spentBefore: 50, spentByDrill: 0, freeze: true },
    { spentBefore: 49, spentByDrill: 1, freeze: true },
    { spentBefore: null, spentByDrill: 50, freeze: true },
  ])(
    'freezes ($freeze) when $spentBefore were spent before and $spentByDrill by the drill',
    ({ freeze, ...spent }) => {
      expect(errorBudget({ ...input, ...spent }).freeze).toBe(freeze)
    },
  )

  it('is gone at once when nothing is left', () => {
    expect(errorBudget({ ...input, spentBefore: 60, outages: [outage(0)] })).toMatchObject({
      remaining: -10,
      hoursToExhaust: 0,
    })
  })

  it('does not call a target of 100 % spent before anything failed', () => {
    const strict = { ...input, objectives: { ...input.objectives, success: 1 }, spentBefore: 0 }
    expect(errorBudget(strict).freeze).toBe(false)
    expect(errorBudget({ ...strict, spentBefore: 1 }).freeze).toBe(true)
  })

  it('fits the error budget of result.json', () => {
    for (const outages of [[], [outage(0)], [outage(100)]]) {
      const budget = { ...errorBudget({ ...input, outages }), spentFrom: null, despiteFreeze: null }
      expect(resultSchema.shape.errorBudget.parse(budget)).toEqual(budget)
    }
  })
})

describe('wouldSpend', () => {
  it.each([
    { perSecond: 10, durationMs: 5000 },
    { perSecond: 1, durationMs: 50_000 },
    { perSecond: 50, durationMs: 1000 },
  ])('spends 50 in a black-out of $durationMs ms at $perSecond/s', ({ perSecond, durationMs }) => {
    expect(wouldSpend({ failureRatio: 1, durationMs, perSecond })).toBe(50)
  })
})

describe('needsPostmortem', () => {
  it.each([
    { wouldHaveSpent: 9.9, due: false },
    { wouldHaveSpent: 10, due: true },
    { wouldHaveSpent: 0, due: false },
  ])('is $due for $wouldHaveSpent of 50', ({ wouldHaveSpent, due }) => {
    expect(needsPostmortem({ wouldHaveSpent, allowed: 50 })).toBe(due)
  })

  it('is not due for nothing, even of nothing', () => {
    expect(needsPostmortem({ wouldHaveSpent: 0, allowed: 0 })).toBe(false)
    expect(needsPostmortem({ wouldHaveSpent: 1, allowed: 0 })).toBe(true)
  })
})
