import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/index.ts'
import { FaultBoard } from '../../../src/providers/gate/fault-board.ts'
import { KeyStore } from '../../../src/providers/gate/keys.ts'
import { Slowness } from '../../../src/providers/gate/slowness.ts'
import type { GateFaultRequest, GateFaultSpec } from '../../../src/providers/types.ts'
import { testClock } from '../../support/test-clock.ts'

const KEYS = { primary: 'sk-primary-0123456789', secondary: 'sk-secondary-0123456789' }

function board() {
  const clock = testClock()
  const keys = new KeyStore(KEYS)
  const slowness = new Slowness()
  return { clock, keys, slowness, board: new FaultBoard({ keys, slowness, clock, seed: 3 }) }
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

describe('key store', () => {
  it('knows its own keys and no others', () => {
    const { keys } = board()
    expect(keys.check('primary', KEYS.primary)).toEqual({ accepted: true })
    expect(keys.check('primary', KEYS.secondary)).toMatchObject({ kind: 'invalid-api-key', faultId: null })
    expect(keys.check('primary', null)).toMatchObject({ kind: 'missing-api-key', faultId: null })
    expect(keys.describe('primary')).toEqual({ masked: 'sk-p…6789', state: 'active', shape: null })
  })
})

describe('a revoked key', () => {
  it.each(['invalid-api-key', 'account-deactivated', 'insufficient-quota', 'organization-disabled'] as const)(
    'is refused in the shape %s, at that provider only',
    (shape) => {
      const { board: faults, keys } = board()
      faults.apply(revoke({ shape }))
      expect(keys.check('primary', KEYS.primary)).toEqual({ accepted: false, kind: shape, faultId: 'f1' })
      expect(keys.check('secondary', KEYS.secondary)).toEqual({ accepted: true })
      expect(keys.describe('primary')).toMatchObject({ state: 'revoked', shape })
    },
  )

  it('is accepted again when the fault is removed', () => {
    const { board: faults, keys } = board()
    faults.apply(revoke())
    expect(faults.remove('f1')).toBe(true)
    expect(keys.check('primary', KEYS.primary)).toEqual({ accepted: true })
    expect(faults.remove('f1')).toBe(false)
  })

  it('is refused for a share that grows evenly while the revocation spreads', async () => {
    const { board: faults, keys, clock } = board()
    faults.apply(revoke({ spreadOver: 10_000 }))
    const share = () => {
      const refused = Array.from({ length: 2000 }, () => keys.check('primary', KEYS.primary)).filter(
        (c) => !c.accepted,
      )
      return refused.length / 2000
    }
    expect(share()).toBe(0)
    expect(keys.describe('primary').state).toBe('spreading')
    for (const expected of [0.25, 0.5, 0.75]) {
      await clock.advance(2500)
      expect(share()).toBeCloseTo(expected, 1)
    }
    await clock.advance(2500)
    expect(share()).toBe(1)
    expect(keys.describe('primary').state).toBe('revoked')
  })

  it('spreads alike with the same seed and id', async () => {
    const run = async () => {
      const { board: faults, keys, clock } = board()
      faults.apply(revoke({ spreadOver: 10_000 }))
      await clock.advance(5000)
      return Array.from({ length: 50 }, () => keys.check('primary', KEYS.primary).accepted)
    }
    expect(await run()).toEqual(await run())
  })
})

describe('a slow first token', () => {
  it('hits the share of requests asked for', () => {
    const { board: faults, slowness } = board()
    faults.apply(slow(0.3))
    const drawn = Array.from({ length: 4000 }, () => slowness.draw('primary'))
    const hit = drawn.filter(({ ms }) => ms === 3000)
    expect(hit.length / 4000).toBeCloseTo(0.3, 1)
    expect(new Set(hit.map(({ faultId }) => faultId))).toEqual(new Set(['s1']))
    expect(drawn.filter(({ ms }) => ms === 0).every(({ faultId }) => faultId === null)).toBe(true)
    expect(slowness.draw('secondary')).toEqual({ ms: 0, faultId: null })
  })

  it('adds up with another, laid to the first', () => {
    const { board: faults, slowness } = board()
    faults.apply(slow(1))
    faults.apply(slow(1, 's2', 500))
    expect(slowness.draw('primary')).toEqual({ ms: 3500, faultId: 's1' })
    faults.remove('s1')
    expect(slowness.draw('primary')).toEqual({ ms: 500, faultId: 's2' })
  })
})

describe('fault board', () => {
  it('ends a fault by itself at its cap, and says so', async () => {
    const { board: faults, keys, clock } = board()
    const fault = faults.apply(revoke())
    expect(fault).toMatchObject({ appliedAtMs: clock.now(), endsAtMs: clock.now() + 60_000 })
    await clock.advance(59_999)
    expect(faults.list()).toEqual({ faults: [fault], endedAtCap: [] })
    await clock.advance(1)
    expect(faults.list()).toEqual({ faults: [], endedAtCap: [fault] })
    expect(keys.check('primary', KEYS.primary)).toEqual({ accepted: true })
  })

  it('forgets a fault that ended at its cap once it is removed', async () => {
    const { board: faults, clock } = board()
    faults.apply(revoke())
    await clock.advance(60_000)
    expect(faults.remove('f1')).toBe(true)
    expect(faults.list()).toEqual({ faults: [], endedAtCap: [] })
  })

  it('takes the same request twice without extending its cap', async () => {
    const { board: faults, clock } = board()
    const first = faults.apply(revoke())
    await clock.advance(30_000)
    expect(faults.apply(revoke())).toEqual(first)
    await clock.advance(30_000)
    expect(faults.list().faults).toEqual([])
  })

  it('refuses another fault of a name that is in force', () => {
    const { board: faults } = board()
    faults.apply(revoke())
    expect(faults.apply(revoke({ shape: 'insufficient-quota' }))).toBeNull()
  })

  it('gives a removed name to another fault, whose cap is its own', async () => {
    const { board: faults, clock } = board()
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
    const { board: faults, clock, keys } = board()
    faults.apply(revoke())
    faults.apply(slow(1))
    faults.clear()
    expect(clock.sleepers).toBe(0)
    expect(keys.describe('primary').state).toBe('active')
  })

  it('draws otherwise for another fault', () => {
    expect(seededRandom(3, 'fault/a')()).not.toBe(seededRandom(3, 'fault/b')())
  })
})
