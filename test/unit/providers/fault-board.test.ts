import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/index.ts'
import { FaultBoard } from '../../../src/providers/gate/fault-board.ts'
import { keyObjection } from '../../../src/providers/gate/keys.ts'
import type { GateFaultRequest, GateFaultSpec } from '../../../src/providers/types.ts'
import { openaiFormat, tenantMark } from '../../../src/wire/index.ts'
import { testClock } from '../../support/test-clock.ts'

const KEYS = { primary: 'sk-primary-0123456789', secondary: 'sk-secondary-0123456789' }

function board() {
  const clock = testClock()
  const faults = new FaultBoard({ clock, seed: 3 })
  const hits = () => faults.draw('primary').map(({ faultId }) => faultId)
  /** The share of many requests that are hit. */
  const share = (requests = 2000) =>
    Array.from({ length: requests }, hits).filter(({ length }) => length > 0).length / requests
  return { clock, faults, hits, share }
}
const revoke = (more: Partial<Extract<GateFaultSpec, { kind: 'revoke-key' }>> = {}): GateFaultRequest => ({
  id: 'f1',
  provider: 'primary',
  fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0, ...more },
  capMs: 60_000,
})
const slow = (share: number, id = 's1', delay = 3000): GateFaultRequest => ({
  id,
  provider: 'primary',
  fault: { kind: 'slow-first-token', delay, share },
  capMs: 60_000,
})

describe('a key', () => {
  it.each([
    ['the provider’s own', KEYS.primary, undefined],
    ['the other provider’s', KEYS.secondary, 'invalid-api-key'],
    ['none', null, 'missing-api-key'],
  ])('is objected to unless it is the one expected: %s', (_, presented, objection) => {
    expect(keyObjection(KEYS.primary, presented)).toBe(objection)
  })
})

describe('a revoked key', () => {
  it.each(['invalid-api-key', 'account-deactivated', 'insufficient-quota', 'organization-disabled'] as const)(
    'is refused in the shape %s, at that provider only',
    (shape) => {
      const { faults } = board()
      expect(faults.keyState('primary')).toEqual({ state: 'active', shape: null })
      faults.apply(revoke({ shape }))
      const [hit] = faults.draw('primary')
      expect(hit?.faultId).toBe('f1')
      const { status, body } = hit!.effect.instead!(openaiFormat, { requestId: 'req_1', key: KEYS.primary })
      expect(openaiFormat.classify(status, body).class).toBe(
        shape === 'insufficient-quota' ? 'quota' : 'credential',
      )
      expect(faults.draw('secondary')).toEqual([])
      expect(faults.keyState('primary')).toEqual({ state: 'revoked', shape })
      expect(faults.keyState('secondary').state).toBe('active')
    },
  )

  it('is accepted again when the fault is removed', () => {
    const { faults, hits } = board()
    faults.apply(revoke())
    expect(faults.remove('f1')).toBe(true)
    expect(hits()).toEqual([])
    expect(faults.remove('f1')).toBe(false)
  })

  it('is refused for a share that grows evenly while the revocation spreads', async () => {
    const { faults, share, clock } = board()
    faults.apply(revoke({ spreadOver: 10_000 }))
    expect(share()).toBe(0)
    expect(faults.keyState('primary').state).toBe('spreading')
    for (const expected of [0.25, 0.5, 0.75]) {
      await clock.advance(2500)
      expect(share()).toBeCloseTo(expected, 1)
    }
    await clock.advance(2500)
    expect(share()).toBe(1)
    expect(faults.keyState('primary').state).toBe('revoked')
  })

  it('spreads alike with the same seed and id', async () => {
    const run = async () => {
      const { faults, hits, clock } = board()
      faults.apply(revoke({ spreadOver: 10_000 }))
      await clock.advance(5000)
      return Array.from({ length: 50 }, hits)
    }
    expect(await run()).toEqual(await run())
  })
})

describe('a fault of a share', () => {
  it('hits the share of requests asked for, of its own provider', () => {
    const { faults, share } = board()
    faults.apply(slow(0.3))
    expect(share(4000)).toBeCloseTo(0.3, 1)
    expect(faults.draw('secondary')).toEqual([])
  })

  it('hits beside another, the earlier first', () => {
    const { faults, hits } = board()
    faults.apply(slow(1))
    faults.apply(slow(1, 's2', 500))
    expect(hits()).toEqual(['s1', 's2'])
    faults.remove('s1')
    expect(hits()).toEqual(['s2'])
  })

  it('tells whom it hit when it ends, so that what it holds goes on', async () => {
    const { faults, clock } = board()
    faults.apply(slow(1))
    faults.apply(slow(1, 's2'))
    const [first, second] = faults.draw('primary')
    faults.remove('s1')
    expect([first!.ended.aborted, second!.ended.aborted]).toEqual([true, false])
    await clock.advance(60_000)
    expect(second!.ended.aborted).toBe(true)
  })
})

describe('fault board', () => {
  it('ends a fault by itself at its cap, and says so', async () => {
    const { faults, hits, clock } = board()
    const fault = faults.apply(revoke())
    expect(fault).toMatchObject({ appliedAtMs: clock.now(), endsAtMs: clock.now() + 60_000 })
    await clock.advance(59_999)
    expect(faults.list()).toEqual({ faults: [fault], endedAtCap: [] })
    await clock.advance(1)
    expect(faults.list()).toEqual({ faults: [], endedAtCap: [fault] })
    expect(hits()).toEqual([])
  })

  it('forgets a fault that ended at its cap once it is removed', async () => {
    const { faults, clock } = board()
    faults.apply(revoke())
    await clock.advance(60_000)
    expect(faults.remove('f1')).toBe(true)
    expect(faults.list()).toEqual({ faults: [], endedAtCap: [] })
  })

  it('takes the same request twice without extending its cap', async () => {
    const { faults, clock } = board()
    const first = faults.apply(revoke())
    await clock.advance(30_000)
    expect(faults.apply(revoke())).toEqual(first)
    await clock.advance(30_000)
    expect(faults.list().faults).toEqual([])
  })

  it('refuses another fault of a name that is in force', () => {
    const { faults } = board()
    faults.apply(revoke())
    expect(faults.apply(revoke({ shape: 'insufficient-quota' }))).toBeNull()
  })

  it('gives a removed name to another fault, whose cap is its own', async () => {
    const { faults, clock } = board()
    faults.apply(revoke())
    await clock.advance(30_000)
    faults.remove('f1')
    faults.apply(slow(1, 'f1'))
    await clock.advance(30_000)
    expect(faults.list().faults).toHaveLength(1)
    await clock.advance(30_000)
    expect(faults.list()).toMatchObject({
      faults: [],
      endedAtCap: [{ id: 'f1', fault: { kind: 'slow-first-token' } }],
    })
  })

  it('leaves no timer behind when it is cleared', () => {
    const { faults, clock } = board()
    faults.apply(revoke())
    faults.apply(slow(1))
    faults.clear()
    expect(clock.sleepers).toBe(0)
    expect(faults.keyState('primary').state).toBe('active')
  })

  it('draws otherwise for another fault', () => {
    expect(seededRandom(3, 'fault/a')()).not.toBe(seededRandom(3, 'fault/b')())
  })
})

describe('a fault that is held to a tenant', () => {
  const theirs = (share: number): GateFaultRequest => ({
    id: 't1',
    provider: 'primary',
    fault: { kind: 'rate-limited', tenant: 'acme', share },
    capMs: 60_000,
  })
  const of = (tenant: string, runTag = 'r1') => ({
    runTag,
    requestId: 'm1',
    tenant: tenantMark(runTag, tenant),
  })

  it.each([
    ['one of theirs', of('acme'), ['t1']],
    ['one of theirs in another run', of('acme', 'r2'), ['t1']],
    ['another’s', of('globex'), []],
    ['one with the mark of theirs in another run', { ...of('acme'), runTag: 'r2' }, []],
    ['one that does not say whose it is', { runTag: 'r1', requestId: 'm1' }, []],
    ['one without a marker, such as a real user’s', null, []],
  ])('hits %s as it should', (_, marker, expected) => {
    const { faults } = board()
    faults.apply(theirs(1))
    expect(faults.draw('primary', marker).map(({ faultId }) => faultId)).toEqual(expected)
    expect(faults.draw('secondary', marker)).toEqual([])
  })

  it('takes its share of that tenant’s requests, and needs markers only while it is in force', () => {
    const { faults } = board()
    expect(faults.asksWhose('primary')).toBe(false)
    faults.apply(slow(1))
    expect(faults.asksWhose('primary')).toBe(false)
    faults.remove('s1')
    faults.apply(theirs(0.25))
    expect(faults.asksWhose('primary')).toBe(true)
    expect(faults.asksWhose('secondary')).toBe(false)
    const hit = Array.from({ length: 2000 }, () => faults.draw('primary', of('acme'))).filter(
      ({ length }) => length > 0,
    )
    expect(hit.length / 2000).toBeGreaterThan(0.2)
    expect(hit.length / 2000).toBeLessThan(0.3)
    faults.remove('t1')
    expect(faults.asksWhose('primary')).toBe(false)
  })
})
