import { describe, expect, it } from 'vitest'
import type { AbortRule } from '../../../src/drill/index.ts'
import { fires, type Vitals } from '../../../src/run/abort-rules.ts'

const healthy: Vitals = {
  recent: () => ({ success: 1, p95Ms: 400 }),
  budgetShare: 0,
  allowedFailureRatio: 0.005,
  toxiproxyLostMs: 0,
}

const rows: { rule: AbortRule; broken: Partial<Vitals>; says: RegExp }[] = [
  {
    rule: { when: 'success-below', floor: 0.5, for: 30_000 },
    broken: { recent: () => ({ success: 0.42, p95Ms: 400 }) },
    says: /success was 42 % over the last 30 s, under the floor of 50 %/,
  },
  {
    rule: { when: 'p95-above', limit: 10_000, for: 60_000 },
    broken: { recent: () => ({ success: 0.9, p95Ms: 'inf' }) },
    says: /p95 was infinite over the last 60 s, over the limit of 10 s/,
  },
  {
    rule: { when: 'burn-rate-over', factor: 14.4, for: 60_000 },
    broken: { recent: () => ({ success: 0.9, p95Ms: 400 }) },
    says: /burned 20.0 times too fast/,
  },
  {
    rule: { when: 'budget-share-over', share: 0.2 },
    broken: { budgetShare: 0.25 },
    says: /would have spent 25 % of the error budget, limit 20 %/,
  },
  {
    rule: { when: 'lost-toxiproxy', for: 5000 },
    broken: { toxiproxyLostMs: 6000 },
    says: /has not answered for 6 s/,
  },
]

describe.each(rows)('the rule $rule.when', ({ rule, broken, says }) => {
  it('fires on what it is for', () => {
    expect(fires(rule, { ...healthy, ...broken })).toMatch(says)
  })

  it('is silent while all is well', () => {
    expect(fires(rule, healthy)).toBeNull()
  })

  it('is silent while too little was seen to judge', () => {
    expect(fires(rule, { ...healthy, recent: () => null })).toBeNull()
  })
})
