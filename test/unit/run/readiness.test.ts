import { describe, expect, it } from 'vitest'
import type { Attempt, Sample } from '../../../src/record/index.ts'
import { classesOf } from '../../../src/run/questions.ts'
import { secondaryAnswers, steadyState } from '../../../src/run/readiness.ts'
import { attempt, sample } from '../../support/sample.ts'

const drill = {
  steadyState: { success: 0.99, primaryShare: 0.95 },
  objectives: { success: 0.995, p95: 2500, cost: 0.015, window: 2_592_000_000, requests: 10_000 },
}
const requests = (count: number, changes: (index: number) => Parameters<typeof sample>[0] = () => ({})) =>
  Array.from({ length: count }, (_, index) =>
    sample({ id: `m${index}`, intendedMs: index * 100, ...changes(index) }),
  )
/** Ten a second for ten seconds: the last of them are still on their way. */
const planned = { perSecond: 10, lengthMs: 10_000 }
const byOrder = { pins: [] }
const seenAll = (count: number) =>
  Array.from({ length: count }, (_, index) => attempt({ requestId: `m${index}` }))

describe('the steady state', () => {
  it('is met by a healthy baseline', () => {
    expect(
      steadyState(drill, requests(100), seenAll(100), planned, byOrder).map(({ passed }) => passed),
    ).toEqual([true, true, true, true])
  })

  it.each([
    {
      name: 'too many failures',
      samples: requests(100, (i) => (i < 2 ? { outcome: 'failed', class: 'server-error' } : {})),
      attempts: seenAll(100),
      check: 'steady state: success',
    },
    {
      name: 'a slow p95',
      samples: requests(100, (i) => (i < 6 ? { endMs: i * 100 + 2600 } : {})),
      attempts: seenAll(100),
      check: 'steady state: p95',
    },
    {
      name: 'infinite p95 through failures',
      samples: requests(100, (i) => (i < 6 ? { outcome: 'timeout', class: 'timeout' } : {})),
      attempts: seenAll(100),
      check: 'steady state: p95',
    },
    {
      name: 'load that bypasses the gate',
      samples: requests(100),
      attempts: seenAll(94),
      check: "load at the primary's gate",
    },
    {
      name: 'markers that were stripped',
      samples: requests(100),
      attempts: [attempt({ requestId: null })],
      check: "load at the primary's gate",
    },
    {
      name: 'too few requests to judge',
      samples: requests(19),
      attempts: seenAll(19),
      check: 'steady state',
      load: { perSecond: 2, lengthMs: 10_000 },
    },
    {
      name: 'a load that leaves late',
      samples: requests(100, (i) => (i < 21 ? { startedMs: i * 100 + 51 } : {})),
      attempts: seenAll(100),
      check: 'load on schedule',
    },
    {
      name: 'a load that is dropped',
      samples: requests(100, (i) => (i < 21 ? { startedMs: null, outcome: 'dropped' } : {})),
      attempts: seenAll(100),
      check: 'load on schedule',
    },
    {
      name: 'answers that do not come back',
      samples: requests(50),
      attempts: seenAll(50),
      check: 'load on schedule',
    },
  ] as { name: string; samples: Sample[]; attempts: Attempt[]; check: string; load?: typeof planned }[])(
    'is refused for $name',
    ({ samples, attempts, check, load }) => {
      const failed = steadyState(drill, samples, attempts, load ?? planned, byOrder).filter(
        ({ passed }) => !passed,
      )
      expect(failed.map((one) => one.check)).toContain(check)
    },
  )

  it('looks at the main lane alone', () => {
    const control = requests(50, (i) => ({
      id: `c${i}`,
      lane: 'control',
      outcome: 'failed',
      class: 'connection',
    }))
    expect(
      steadyState(drill, [...requests(100), ...control], seenAll(100), planned, byOrder).every(
        ({ passed }) => passed,
      ),
    ).toBe(true)
  })
})

describe('the load at the primary’s gate', () => {
  const canary = { primary: 9, secondary: 1 }
  const pins = [{ tenant: 'acme', provider: 'secondary', failover: true } as const]
  const ofAcme = (upTo: number) => (i: number) => ({ tenant: i < upTo ? 'acme' : 'birch' })

  it.each([
    { name: 'all of it, without pin and canary', router: byOrder, seen: 95, passed: true },
    { name: 'not a tenth less', router: byOrder, seen: 90, passed: false },
    { name: 'its share, beside a canary', router: { pins: [], canary }, seen: 90, passed: true },
    { name: 'its share, less what chance explains', router: { pins: [], canary }, seen: 80, passed: true },
    { name: 'less than chance explains', router: { pins: [], canary }, seen: 70, passed: false },
    { name: 'what a pin leaves to it', router: { pins }, pinned: 40, seen: 57, passed: true },
    { name: 'less than a pin leaves to it', router: { pins }, pinned: 40, seen: 56, passed: false },
    { name: 'what a pin and a canary leave', router: { pins, canary }, pinned: 40, seen: 54, passed: true },
    { name: 'less than both leave', router: { pins, canary }, pinned: 40, seen: 30, passed: false },
  ])('is to be $name: $seen of 100', ({ router, pinned = 0, seen, passed }) => {
    const checks = steadyState(drill, requests(100, ofAcme(pinned)), seenAll(seen), planned, router)
    expect(checks.at(-1)).toMatchObject({ check: "load at the primary's gate", passed })
  })

  it('is told with the share that is wanted of it', () => {
    const tell = (router: Parameters<typeof steadyState>[4]) =>
      steadyState(drill, requests(100), seenAll(90), planned, router).at(-1)?.detail
    expect(tell(byOrder)).toBe(
      "90 % of the marked requests were seen at the primary's gate, at least 95 % wanted",
    )
    expect(tell({ pins: [], canary })).toBe(
      "90 % of the marked requests were seen at the primary's gate, at least 85.5 % wanted, 95 % of the 90 % that pins and canary leave to it",
    )
  })
})

describe('the questions to the secondary', () => {
  it('cover each class of request once: feature, length, stream or plain', () => {
    const prompt = { tenant: 'a', feature: 'chat', context: 'short' as const, text: 'x' }
    const classes = classesOf([
      prompt,
      { ...prompt, tenant: 'b' },
      { ...prompt, context: 'long' },
      { ...prompt, feature: 'search', stream: false },
    ])
    expect(classes.map((one) => one.class)).toEqual([
      'chat, short, plain',
      'chat, short, stream',
      'chat, long, plain',
      'chat, long, stream',
      'search, short, plain',
    ])
  })

  it('fail when one of them is not answered, and say which', () => {
    const check = secondaryAnswers([
      { class: 'chat, short, plain', answer: sample() },
      { class: 'chat, long, stream', answer: sample({ outcome: 'failed', class: 'caller-fault' }) },
    ])
    expect(check).toMatchObject({ passed: false, detail: 'chat, long, stream: failed (caller-fault)' })
  })
})
