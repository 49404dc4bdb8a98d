import { describe, expect, it } from 'vitest'
import { createLedger } from '../../../src/record/index.ts'
import { attempt, sample } from '../../support/sample.ts'

describe('the ledger', () => {
  it('names as server the provider of the attempt whose tag the client received', () => {
    const ledger = createLedger([
      attempt({ tag: 'a1', provider: 'primary', status: 200 }),
      attempt({ tag: 'a2', provider: 'secondary', status: 200 }),
    ])
    expect(ledger.join(sample({ tag: 'a2', servedBy: null }), 'break').servedBy).toBe('secondary')
  })

  it.each([
    { name: 'a 200 in the ledger whose tag the client did not receive', tag: 'other', expected: null },
    { name: 'an answer without a tag', tag: null, expected: null },
  ])('does not take $name for the server', ({ tag, expected }) => {
    const ledger = createLedger([attempt({ tag: 'a1' })])
    expect(ledger.join(sample({ tag, servedBy: null }), 'break').servedBy).toBe(expected)
  })

  it('takes an ok without an attempt of its own for the cache, also when it carries the tag of another request', () => {
    const ledger = createLedger([attempt({ requestId: 'm0', tag: 'a0' })])
    expect(ledger.join(sample({ id: 'm1', tag: 'a0' }), 'break')).toMatchObject({
      servedBy: 'cache',
      attempts: 0,
      costUsd: 0,
    })
  })

  it.each([
    ['they failed', { failure: 'credential' as const }, 'cache'],
    ['the router gave them up', { failure: null, hungUp: true }, 'cache'],
    ['one of them was answered: a router that mixes up answers', { failure: null, hungUp: false }, null],
  ])(
    'takes an ok with another request’s tag, whose own attempts came to nothing, for the cache: %s',
    (_why, own, expected) => {
      const ledger = createLedger([
        attempt({ requestId: 'm0', tag: 'a0' }),
        attempt({ requestId: 'm1', tag: 'a1', ...own }),
      ])
      expect(ledger.join(sample({ id: 'm1', tag: 'a0' }), 'break').servedBy).toBe(expected)
      expect(ledger.join(sample({ id: 'm1', tag: 'nobody’s' }), 'break').servedBy).toBeNull()
    },
  )

  it('names no server for what failed', () => {
    const ledger = createLedger([attempt({ tag: 'a1' })])
    expect(
      ledger.join(sample({ outcome: 'truncated', class: 'truncated', tag: 'a1' }), 'break').servedBy,
    ).toBeNull()
  })

  it.each([
    { name: 'adds up every attempt, abandoned ones included', costs: [0.001, 0.002], expected: 0.003 },
    { name: 'is unknown when one price is', costs: [0.001, null], expected: null },
  ])('cost $name', ({ costs, expected }) => {
    const ledger = createLedger(costs.map((costUsd, index) => attempt({ tag: `a${index}`, costUsd })))
    expect(ledger.join(sample({ tag: 'a1' }), 'break').costUsd).toBe(expected)
  })

  it('fills in tokens that the answer did not state from the serving attempt', () => {
    const ledger = createLedger([attempt({ inputTokens: 7, outputTokens: 9 })])
    expect(ledger.join(sample({ inputTokens: null, outputTokens: null }), 'break')).toMatchObject({
      inputTokens: 7,
      outputTokens: 9,
    })
  })
})
