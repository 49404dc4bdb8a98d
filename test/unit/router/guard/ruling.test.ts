import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../../../../src/router/guard/estimate.ts'
import { rule, type Case, type Policy } from '../../../../src/router/guard/ruling.ts'

const policy: Policy = {
  degrade: ['truncate', 'cheaper-model', 'cached', 'refuse'],
  assumeTokensOut: 1000,
  unknownPrice: 'refuse',
}
const NONE = { tokensIn: Infinity, tokensOut: Infinity, costUsd: Infinity, dayUsd: Infinity }
/** Three turns of 1004 tokens each and a last one of 104: 3116 in all. */
const messages = [
  ...[1, 2, 3].map(() => ({ role: 'user', content: 'x'.repeat(3996) })),
  { role: 'user', content: 'y'.repeat(396) },
]
/** $1 and $10 a million: 3116 tokens in and 1000 out are $0.013112 or so. */
const price = { input: 1, output: 10 }
const cheaper = { model: 'small', price: { input: 0.1, output: 1 } }

const make = (over: Partial<Case> = {}): Case => ({
  body: { model: 'large', messages },
  limits: NONE,
  price,
  cheaper: undefined,
  spentUsd: 0,
  leftUsd: Infinity,
  promptCache: 'off',
  ...over,
})
const limits = (over: Partial<Case['limits']>) => ({ ...NONE, ...over })

/** What is done, in short. */
function ruled(over: Partial<Case>, how: Partial<Policy> = {}): string {
  const ruling = rule(make(over), { ...policy, ...how })
  if (ruling.verdict === 'refuse') return `refuse ${ruling.limit}`
  if (ruling.verdict === 'cached') return `cached ${ruling.limit}`
  return ['go', ...ruling.deeds.map(({ what, limit }) => `${what}/${limit}`)].join(' ')
}

describe('the ruling on a request', () => {
  it.each<[string, Partial<Case>, Partial<Policy>, string]>([
    ['within its limits goes as it is', { limits: limits({ tokensIn: 3200, costUsd: 0.02 }) }, {}, 'go'],
    ['too long is truncated', { limits: limits({ tokensIn: 1200 }) }, {}, 'go truncated/tokens-in'],
    [
      'too long in its last turn alone is asked of the cache',
      { limits: limits({ tokensIn: 50 }) },
      {},
      'cached tokens-in',
    ],
    [
      'too long is no matter of another model',
      { limits: limits({ tokensIn: 50 }), cheaper },
      { degrade: ['cheaper-model'] },
      'refuse tokens-in',
    ],
    [
      'too dear is truncated as far as the money goes',
      { limits: limits({ costUsd: 0.0115 }) },
      {},
      'go truncated/cost',
    ],
    [
      'is truncated further where all that is left may be written to the vendor’s prompt cache',
      {
        limits: limits({ costUsd: 0.0125 }),
        price: { ...price, cacheWrite: 1.25, cacheWrite1h: 2 },
        promptCache: '1h',
      },
      {},
      'go truncated/cost',
    ],
    [
      'counts as it is where nobody knows what writing costs',
      { limits: limits({ costUsd: 0.0132 }), promptCache: '5m' },
      {},
      'go',
    ],
    [
      'too dear by its answer alone is asked of the cache',
      { limits: limits({ costUsd: 0.005 }) },
      {},
      'cached cost',
    ],
    [
      'too dear goes to the cheaper model, and whole',
      { limits: limits({ costUsd: 0.005 }), cheaper },
      {},
      'go cheaper-model/cost',
    ],
    [
      'goes to the cheaper model first where that is the order',
      { limits: limits({ costUsd: 0.0115 }), cheaper },
      { degrade: ['cheaper-model', 'truncate'] },
      'go cheaper-model/cost',
    ],
    [
      'is truncated and goes to the cheaper model if only both will do',
      { limits: limits({ costUsd: 0.00115 }), cheaper },
      {},
      'go cheaper-model/cost truncated/cost',
    ],
    [
      'is refused where nothing helps',
      { limits: limits({ costUsd: 0.0001 }), cheaper },
      { degrade: ['truncate', 'cheaper-model'] },
      'refuse cost',
    ],
    [
      'is refused at once where that is the order',
      { limits: limits({ tokensIn: 1200 }) },
      { degrade: ['refuse'] },
      'refuse tokens-in',
    ],
    [
      'over the budget of the day is refused',
      { limits: limits({ dayUsd: 1 }), leftUsd: 0.001 },
      { degrade: [] },
      'refuse day-budget',
    ],
    [
      'counts what its attempts before have cost',
      { limits: limits({ costUsd: 0.02 }), spentUsd: 0.01 },
      { degrade: [] },
      'refuse cost',
    ],
    [
      'of unknown price is refused',
      { limits: limits({ costUsd: 1 }), price: undefined },
      { degrade: ['truncate'] },
      'refuse price-unknown',
    ],
    [
      'of unknown price goes to a model whose price is known',
      { limits: limits({ costUsd: 1 }), price: undefined, cheaper },
      {},
      'go cheaper-model/price-unknown',
    ],
    [
      'of unknown price is let through and says so, if configured',
      { limits: limits({ costUsd: 1 }), price: undefined },
      { unknownPrice: 'allow' },
      'go price-unknown/price-unknown',
    ],
    [
      'of unknown price without a limit in dollars is nobody’s business',
      { limits: limits({ tokensIn: 9999 }), price: undefined },
      {},
      'go',
    ],
    [
      'is told how long its answer may be',
      { limits: limits({ tokensOut: 100, costUsd: 0.005 }) },
      {},
      'go tokens-out-capped/tokens-out',
    ],
  ])('%s', (_what, over, how, expected) => {
    expect(ruled(over, how)).toBe(expected)
  })

  it('reckons all tokens in, and as many out as are allowed, for each answer asked for', () => {
    const estimate = (body: object) => {
      const ruling = rule(make({ body: { messages, ...body } }), policy)
      return ruling.verdict === 'go' ? ruling.estimateUsd : null
    }
    const tokensIn = estimateTokens({ messages })
    expect(estimate({})).toBeCloseTo((tokensIn + 1000 * 10) / 1e6)
    expect(estimate({ max_tokens: 10, n: 3 })).toBeCloseTo((tokensIn + 30 * 10) / 1e6)
  })

  it('never lets through what is reckoned over a limit, whatever the order of steps', () => {
    const steps = ['truncate', 'cheaper-model'] as const
    for (const degrade of [[], [steps[0]], [steps[1]], [...steps], steps.toReversed()])
      for (let costUsd = 0.0002; costUsd < 0.015; costUsd *= 1.3)
        for (const tokensIn of [100, 200, 1500, Infinity]) {
          const ruling = rule(make({ limits: limits({ costUsd, tokensIn }), cheaper }), {
            ...policy,
            degrade,
          })
          if (ruling.verdict !== 'go') continue
          expect(ruling.estimateUsd).toBeLessThanOrEqual(costUsd)
          expect(estimateTokens(ruling.body)).toBeLessThanOrEqual(tokensIn)
        }
  })
})
