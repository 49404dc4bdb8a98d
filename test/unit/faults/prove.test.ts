import { describe, expect, it } from 'vitest'
import type { FaultSpec } from '../../../src/drill/index.ts'
import { createFault, type Evidence } from '../../../src/faults/index.ts'
import { faultSite } from '../../support/fault-site.ts'
import { attempt, sample } from '../../support/sample.ts'

/** Proving is pure: nobody is called, so nobody has to be there. */
const site = faultSite()

const inForceMs = 10_000
const evidence = (samples: Evidence['samples'], attempts: Evidence['attempts'] = []): Evidence => ({
  target: 'primary',
  inForceMs,
  samples,
  attempts,
})

const refusedAttempt = attempt({
  startMs: 10_100,
  fault: site.id,
  failure: 'credential',
  status: 401,
  code: 'invalid_api_key',
})
const heldAttempt = attempt({ startMs: 10_100, fault: site.id, hungUp: true })
const bySecondary = sample({ id: 'm7', intendedMs: 10_200, servedBy: 'secondary' })
const byPrimary = sample({ id: 'm8', intendedMs: 10_200, servedBy: 'primary' })
const control = (changes: Parameters<typeof sample>[0]) =>
  sample({ id: 'c1', lane: 'control', intendedMs: 10_300, ...changes })
const refusedControl = control({ outcome: 'failed', class: 'credential' })
const cutControl = control({ outcome: 'failed', class: 'connection', firstTokenMs: null })
const lateControl = control({ firstTokenMs: 14_350, endMs: 14_350 })
const quickControl = control({})

const revoked: FaultSpec = { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 }
const slow: FaultSpec = { kind: 'slow-first-token', delay: 4000, share: 1 }
const truncated: FaultSpec = { kind: 'truncated-stream', afterTokens: 10, share: 1 }
const dear: FaultSpec = { kind: 'price-multiplied', factor: 3, share: 1 }
const late: FaultSpec = { kind: 'latency', latency: 4000, jitter: 0, share: 1 }
const down: FaultSpec = { kind: 'refused' }

describe('a fault is proven', () => {
  it.each([
    {
      spec: revoked,
      seen: evidence([refusedControl], [refusedAttempt]),
      proof: /1 marked request answered 401 invalid_api_key; the control lane felt it \(1 of 1\)/,
      ids: ['chatcmpl-1', 'c1'],
    },
    {
      // It struck before it was acknowledged, and the router asks the primary no more.
      spec: revoked,
      seen: evidence([refusedControl, bySecondary], [{ ...refusedAttempt, startMs: inForceMs - 3 }]),
      proof: /1 marked request answered 401 invalid_api_key; the control lane felt it \(1 of 1\)/,
      ids: ['chatcmpl-1', 'c1'],
    },
    {
      spec: slow,
      seen: evidence([lateControl], [heldAttempt]),
      proof: /1 marked request held back by 4000 ms/,
      ids: ['chatcmpl-1', 'c1'],
    },
    ...(
      [
        [
          { kind: 'rate-limited', retryAfter: 2000, share: 1 },
          { outcome: 'failed', class: 'rate-limit', status: 429 },
          'answered 401 invalid_api_key',
        ],
        [
          { kind: 'quota-exhausted', share: 1 },
          { outcome: 'failed', class: 'quota', status: 429 },
          'answered 401',
        ],
        [
          { kind: 'server-error', share: 1 },
          { outcome: 'failed', class: 'server-error', status: 500 },
          'answered 401',
        ],
        [
          { kind: 'overloaded', share: 1 },
          { outcome: 'failed', class: 'overloaded', status: 503 },
          'answered 401',
        ],
        [
          { kind: 'request-refused', shape: 'context-too-long', share: 1 },
          { outcome: 'failed', class: 'caller-fault', status: 400 },
          'answered 401',
        ],
        [{ kind: 'slow-headers', delay: 3000, share: 1 }, { headersMs: 13_400 }, 'kept waiting 3000 ms'],
        [
          { kind: 'pings-only', shape: 'events', every: 1000, share: 1 },
          { outcome: 'timeout', class: 'timeout', firstTokenMs: null },
          'signs of life and no token',
        ],
        [
          { kind: 'stalled-stream', afterTokens: 5, share: 1 },
          { outcome: 'timeout', class: 'timeout' },
          'left standing',
        ],
        [truncated, { outcome: 'truncated', class: 'truncated' }, 'ended in the middle'],
        [
          { kind: 'stream-error', error: 'overloaded', afterTokens: 0, share: 1 },
          { outcome: 'failed', class: 'overloaded' },
          'error event after a 200',
        ],
        [
          { kind: 'malformed-chunk', afterTokens: 3, share: 1 },
          { outcome: 'failed', class: 'malformed' },
          'cut in half',
        ],
        [{ kind: 'empty-answer', share: 1 }, { outcome: 'failed', class: 'empty' }, '200 without content'],
        [
          { kind: 'wrong-content-type', shape: 'html', share: 1 },
          { outcome: 'failed', class: 'malformed' },
          'page in HTML',
        ],
      ] as [FaultSpec, Parameters<typeof sample>[0], string][]
    ).map(([spec, felt, words]) => ({
      spec,
      seen: evidence([control(felt)], [refusedAttempt]),
      proof: new RegExp(`1 marked request .*${words}.*; the control lane felt it \\(1 of 1\\)`),
      ids: ['chatcmpl-1', 'c1'],
    })),
    ...(
      [
        [{ kind: 'wrong-content-type', shape: 'plain-text', share: 1 }, 'labelled text/plain'],
        [{ kind: 'long-answer', factor: 4, share: 1 }, 'made 4 times as long, of 321 tokens at most'],
        [dear, 'billed at 3 times the price'],
      ] as [FaultSpec, string][]
    ).map(([spec, words]) => ({
      spec,
      // Nobody can feel it: the ledger tells what became of the control lane.
      seen: evidence(
        [byPrimary, quickControl],
        [
          attempt({ startMs: 10_100, fault: site.id, outputTokens: 321 }),
          attempt({ tag: 'chatcmpl-c1', startMs: 10_200, fault: site.id, lane: 'control', requestId: 'c1' }),
        ],
      ),
      proof: new RegExp(`1 marked request ${words}; the control lane met it \\(1 of 1\\)`),
      ids: ['chatcmpl-1', 'chatcmpl-c1'],
    })),
    {
      spec: late,
      seen: evidence([bySecondary, lateControl]),
      proof: /none of 1 marked requests was served by the primary within 4000 ms/,
      ids: ['m7', 'c1'],
    },
    {
      spec: down,
      seen: evidence([bySecondary, cutControl]),
      proof: /none of 1 marked requests was served by the primary/,
      ids: ['m7', 'c1'],
    },
    {
      spec: late,
      seen: evidence([bySecondary, control({ outcome: 'timeout', class: 'timeout', firstTokenMs: null })]),
      proof: /the control lane felt it/,
      ids: ['m7', 'c1'],
    },
  ])('by the load and the control lane: $spec.kind', ({ spec, seen, proof, ids }) => {
    expect(createFault(site, spec).prove(seen)).toEqual({
      proven: true,
      proof: expect.stringMatching(proof),
      evidence: ids,
    })
  })
})

describe('a fault is not proven', () => {
  it.each([
    {
      name: 'by nothing at all',
      spec: revoked,
      seen: evidence([]),
      reason: /no request of the load has ended yet/,
    },
    {
      name: 'by the control lane alone',
      spec: revoked,
      seen: evidence([refusedControl]),
      reason: /no request of the load has ended yet/,
    },
    {
      name: 'where the router never asks the target',
      spec: revoked,
      seen: evidence([
        refusedControl,
        bySecondary,
        sample({ id: 'm9', intendedMs: 10_250, servedBy: 'secondary' }),
      ]),
      reason: /the router asked the primary nothing: 2 requests of the load went elsewhere/,
    },
    {
      name: 'while it has not spread to the load',
      spec: { ...revoked, spreadOver: 60_000 },
      seen: evidence([refusedControl], [attempt({ startMs: 10_100 })]),
      reason: /none of the load’s 1 request .* was hit: the revocation has not spread far enough/,
    },
    {
      name: 'while its share has drawn nobody',
      spec: { ...slow, share: 0.25 },
      seen: evidence([lateControl], [attempt({ startMs: 10_100 })]),
      reason: /was hit: its share of 25 % has drawn none of them/,
    },
    {
      name: 'by a load without streams',
      spec: truncated,
      seen: evidence([{ ...byPrimary, stream: false }], [attempt({ startMs: 10_100 })]),
      reason: /was hit: it shows in streams alone, and the load asked for none/,
    },
    {
      name: 'by streams that are too short, or not drawn',
      spec: { ...truncated, share: 0.5 },
      seen: evidence([{ ...byPrimary, stream: true }], [attempt({ startMs: 10_100 })]),
      reason: /was hit: only streams of more than 10 tokens show it, and its share is 50 %/,
    },
    {
      name: 'while the control lane has asked for no stream',
      spec: truncated,
      seen: evidence([control({ stream: false })], [{ ...refusedAttempt, failure: 'truncated' as const }]),
      reason: /the control lane has asked for no stream yet/,
    },
    {
      name: 'where nothing is billed at a known price',
      spec: dear,
      seen: evidence([byPrimary], [attempt({ startMs: 10_100, costUsd: null })]),
      reason: /was hit: only an attempt that is billed at a known price shows it/,
    },
    {
      name: 'by the load alone, where only the ledger can tell',
      spec: dear,
      seen: evidence(
        [byPrimary, control({})],
        [attempt({ startMs: 10_100, fault: site.id }), attempt({ startMs: 10_200, lane: 'control' })],
      ),
      reason: /the control lane did not feel it/,
    },
    {
      name: 'by the load alone',
      spec: revoked,
      seen: evidence([], [refusedAttempt]),
      reason: /the control lane did not feel it/,
    },
    {
      name: 'by a refusal that another fault made',
      spec: revoked,
      seen: evidence([refusedControl], [{ ...refusedAttempt, fault: 'other' }]),
      reason: /none of the load’s 1 request to the primary was hit$/,
    },
    {
      name: 'by a refusal of gameday’s own probe',
      spec: revoked,
      seen: evidence([refusedControl], [{ ...refusedAttempt, lane: null }]),
      reason: /no request/,
    },
    {
      name: 'by a refusal from before, which is not of its making',
      spec: revoked,
      seen: evidence([refusedControl], [{ ...refusedAttempt, startMs: 9_999, fault: null }]),
      reason: /no request/,
    },
    {
      name: 'while the other provider is the one refused',
      spec: revoked,
      seen: evidence([refusedControl], [{ ...refusedAttempt, provider: 'secondary' as const }]),
      reason: /no request/,
    },
    {
      name: 'while the control lane is as quick as ever',
      spec: slow,
      seen: evidence([quickControl], [heldAttempt]),
      reason: /control lane did not feel it/,
    },
    {
      name: 'while the load is still served in time',
      spec: late,
      seen: evidence([byPrimary, lateControl]),
      reason: /1 requests of the load were still served by the primary within 4000 ms/,
    },
    {
      name: 'while the load is still served',
      spec: down,
      seen: evidence([byPrimary, cutControl]),
      reason: /still served by the primary/,
    },
    {
      name: 'before any request of the load has ended',
      spec: down,
      seen: evidence([cutControl]),
      reason: /no request of the load has ended yet/,
    },
    {
      name: 'by a control request from before it was in force',
      spec: down,
      seen: evidence([bySecondary, { ...cutControl, startedMs: 9000 }]),
      reason: /control lane did not feel it/,
    },
    {
      name: 'by a control request that was refused for another reason',
      spec: down,
      seen: evidence([bySecondary, refusedControl]),
      reason: /control lane did not feel it/,
    },
  ])('$name: $spec.kind', ({ spec, seen, reason }) => {
    expect(createFault(site, spec).prove(seen)).toEqual({
      proven: false,
      reason: expect.stringMatching(reason),
    })
  })
})

describe('a fault of the secondary beside one of the primary', () => {
  const beside = faultSite({ target: 'secondary', proxy: 'gameday-abc123-secondary' })
  const bothFailed = sample({
    id: 'm9',
    intendedMs: 10_400,
    outcome: 'failed',
    class: 'no-provider',
    servedBy: null,
  })
  const ofSecondary = (...samples: Evidence['samples']): Evidence => ({
    ...evidence(samples),
    target: 'secondary',
  })

  it.each([
    {
      name: 'by a refusal at its gate, although no control lane asks it',
      spec: revoked,
      seen: { ...ofSecondary(), attempts: [{ ...refusedAttempt, provider: 'secondary' as const }] },
      proof: /1 marked request answered 401 .* the control lane, which asks the primary alone, was not asked/,
    },
    {
      name: 'by a request that neither of the two answered',
      spec: down,
      seen: ofSecondary(byPrimary, bothFailed),
      proof: /none of 1 marked requests was served by the secondary/,
    },
  ])('is proven $name: $spec.kind', ({ spec, seen, proof }) => {
    expect(createFault(beside, spec).prove(seen)).toMatchObject({
      proven: true,
      proof: expect.stringMatching(proof),
    })
  })

  it.each([
    {
      name: 'while the primary serves everything: nobody asked it',
      spec: down,
      seen: ofSecondary(byPrimary),
      reason: /no request of the load has ended yet/,
    },
    {
      name: 'while it serves',
      spec: down,
      seen: ofSecondary(bothFailed, bySecondary),
      reason: /1 requests of the load were still served by the secondary/,
    },
    {
      name: 'by a request that was never sent',
      spec: down,
      seen: ofSecondary({ ...bothFailed, outcome: 'dropped' as const }),
      reason: /no request/,
    },
    {
      name: 'by a refusal of the primary',
      spec: revoked,
      seen: { ...ofSecondary(bothFailed), attempts: [refusedAttempt] },
      reason: /the router asked the secondary nothing/,
    },
  ])('is not proven $name: $spec.kind', ({ spec, seen, reason }) => {
    expect(createFault(beside, spec).prove(seen)).toEqual({
      proven: false,
      reason: expect.stringMatching(reason),
    })
  })
})

describe('a fault says', () => {
  it.each([
    { spec: revoked, network: false, whole: true },
    { spec: { ...revoked, spreadOver: 60_000 }, network: false, whole: false },
    { spec: { ...slow, share: 0.3 }, network: false, whole: false },
    { spec: late, network: true, whole: true },
    { spec: down, network: true, whole: true },
  ] satisfies { spec: FaultSpec; network: boolean; whole: boolean }[])(
    'whether it is one of the network and hits every request: $spec.kind',
    ({ spec, network, whole }) => {
      expect(createFault(site, spec)).toMatchObject({ kind: spec.kind, network, whole })
    },
  )
})

describe('a fault that is held to one tenant', () => {
  const refused: FaultSpec = {
    kind: 'request-refused',
    shape: 'context-too-long',
    share: 1,
    tenant: 'acme',
  }
  const hit = attempt({ startMs: 10_100, fault: site.id, failure: 'caller-fault', status: 400, code: null })
  const spared = attempt({ requestId: 'm2', tag: 'chatcmpl-2', startMs: 10_120 })
  const theirs = sample({ id: 'm1', intendedMs: 10_090 })
  const others = sample({ id: 'm2', intendedMs: 10_110, tenant: 'globex' })
  const felt = control({ outcome: 'failed', class: 'caller-fault' })
  const prove = (samples: Evidence['samples'], attempts: Evidence['attempts']) =>
    createFault(site, refused).prove(evidence(samples, attempts))

  it('does not count as one of all requests', () => {
    expect(createFault(site, refused).whole).toBe(false)
  })

  it('is proven by that tenant’s requests in the load and in the control lane, and by nobody else’s being hit', () => {
    expect(prove([theirs, others, felt], [hit, spared])).toEqual({
      proven: true,
      proof:
        'of acme’s requests: 1 marked request answered 400; the control lane felt it (1 of 1); of others’ 1 at the primary and none hit',
      evidence: ['chatcmpl-1', 'c1'],
    })
  })

  it.each([
    [
      'where another’s request was hit as well',
      [theirs, others, felt],
      [hit, { ...spared, fault: site.id }],
      /it is not held to acme: m2 was hit, a request of globex/,
    ],
    [
      'by a request of which nobody knows yet whose it was',
      [others, felt],
      [hit, spared],
      /of acme’s requests: no request of the load has ended yet/,
    ],
    [
      'by another’s control request',
      [theirs, others, { ...felt, tenant: 'globex' }],
      [hit, spared],
      /of acme’s requests: the control lane did not feel it/,
    ],
    [
      'where the router asks the target nothing for that tenant',
      [theirs, others, felt],
      [spared],
      /of acme’s requests: the router asked the primary nothing: 1 request of the load went elsewhere/,
    ],
  ])('is not proven %s', (_, samples, attempts, reason) => {
    expect(prove(samples, attempts)).toEqual({ proven: false, reason: expect.stringMatching(reason) })
  })
})
