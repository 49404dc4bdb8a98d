import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../../src/record/index.ts'
import { offStage, vendorOutage } from '../../../src/run/outside.ts'
import { sample } from '../../support/sample.ts'

const attempt = (startMs: number, more: Partial<Attempt> = {}): Attempt => ({
  requestId: `m${startMs}`,
  runTag: 'abc',
  lane: 'main',
  tag: `t${startMs}`,
  provider: 'secondary',
  key: 'sk-…',
  model: 'm',
  startMs,
  firstByteMs: startMs + 1,
  endMs: startMs + 2,
  status: 503,
  failure: 'overloaded',
  code: 'overloaded_error',
  fault: null,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  hungUp: false,
  ...more,
})
/** An attempt every second, from the 40th on. */
const every = (count: number, more: Partial<Attempt> = {}) =>
  Array.from({ length: count }, (_, index) => attempt(40_000 + 1000 * index, more))
const NO_HAND = { primary: -Infinity, secondary: -Infinity }

describe('a vendor’s own outage', () => {
  it('is one where attempts that no fault has touched keep failing at one provider', () => {
    expect(vendorOutage(every(8), 48_000, NO_HAND)).toBe(
      'the secondary fails by itself: 8 of 8 attempts that no fault of the drill has touched failed over the last 8 s, the last one with 503 overloaded_error',
    )
  })

  it('is seen by as few attempts as the control lane makes, beside those that the drill has spoilt', () => {
    const control = every(6, {
      provider: 'primary',
      lane: 'control',
      failure: 'credential',
      code: 'invalid_api_key',
      status: 401,
    })
    const spoilt = every(20, { provider: 'primary', fault: 'abc-f0' })
    expect(vendorOutage([...control, ...spoilt], 46_000, NO_HAND)).toContain(
      'the primary fails by itself: 6 of 6',
    )
  })

  it.each([
    { what: 'what the drill itself broke', attempts: every(20, { fault: 'abc-f0' }) },
    { what: 'a moment of it', attempts: every(4) },
    {
      what: 'a burst within a second',
      attempts: every(9).map((one, index) => ({ ...one, startMs: 40_000 + 100 * index })),
    },
    { what: 'being asked too fast', attempts: every(9, { failure: 'rate-limit', status: 429 }) },
    { what: 'a caller’s own mistake', attempts: every(9, { failure: 'caller-fault', status: 400 }) },
    { what: 'callers that went away', attempts: every(9, { hungUp: true }) },
    { what: 'every second one', attempts: [...every(9), ...every(9, { failure: null, status: 200 })] },
    { what: 'what is long over', attempts: every(5), nowMs: 70_000 },
  ])('is not $what', ({ attempts, nowMs = 50_000 }) => {
    expect(vendorOutage(attempts, nowMs, NO_HAND)).toBeNull()
  })

  it('is not a key that a hand was to revoke, until that is over', () => {
    expect(vendorOutage(every(9), 49_000, { ...NO_HAND, secondary: Infinity })).toBeNull()
    expect(vendorOutage(every(9), 49_000, { ...NO_HAND, secondary: 41_500 })).toContain('7 of 7')
  })
})

describe('answers from off the stage', () => {
  const answers = (count: number, more: object) =>
    Array.from({ length: count }, (_, index) =>
      sample({
        id: `m${index}`,
        intendedMs: 10_000 + 100 * index,
        startedMs: 10_000 + 100 * index,
        outcome: 'ok',
        ...more,
      }),
    )
  const unseen = { attempts: 0, servedBy: 'cache' } as const
  const seen = { attempts: 2, servedBy: 'secondary' } as const

  it('are told as soon as they are most of those since the primary was broken', () => {
    expect(offStage([...answers(4, seen), ...answers(12, unseen)], 9000)).toMatch(
      /^12 of 16 answers .* for one provider only/,
    )
  })

  it.each([
    { what: 'few', samples: answers(9, unseen) },
    { what: 'rare', samples: [...answers(12, unseen), ...answers(30, seen)] },
    { what: 'from before', samples: answers(12, unseen), inForceMs: 20_000 },
    { what: 'failures', samples: answers(12, { ...unseen, servedBy: null, outcome: 'failed' }) },
    { what: 'of the control lane', samples: answers(12, { ...unseen, lane: 'control' }) },
  ])('are none where they are $what', ({ samples, inForceMs = 9000 }) => {
    expect(offStage(samples, inForceMs)).toBeNull()
  })
})
