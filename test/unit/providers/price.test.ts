import { describe, expect, it } from 'vitest'
import type { RealProviderConfig } from '../../../src/config/index.ts'
import { isPriced, pricePerMillion, pricerOf } from '../../../src/providers/price.ts'
import { savedByPromptCache } from '../../../src/base/index.ts'
import { fastProvider } from '../../support/providers-gate.ts'

const real: RealProviderConfig = {
  kind: 'real',
  name: 'openai',
  format: 'openai',
  model: 'gpt-4o-mini',
  baseUrl: 'https://api.openai.com/v1',
  key: 'OPENAI_API_KEY',
}

describe('pricerOf', () => {
  it('uses the configured price, in US dollars for a million tokens', () => {
    const price = pricerOf(fastProvider({ price: { input: 0.15, output: 0.6 } }))
    expect(price('any', { inputTokens: 1_000_000, outputTokens: 500_000 })).toBeCloseTo(0.45)
  })

  it('prices the cheaper model as such: as configured, else as listed', () => {
    const [price, cheaper] = [{ input: 3, output: 6 }, { model: 'gpt-4.1-nano' }]
    const stated = fastProvider({ price, cheaper: { ...cheaper, price: { input: 1, output: 2 } } })
    const listed = fastProvider({ price, cheaper })
    expect(pricerOf(stated)('gpt-4.1-nano', { inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBeCloseTo(
      3,
    )
    expect(pricerOf(stated)('any other', { inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBeCloseTo(9)
    expect(pricerOf(listed)('gpt-4.1-nano', { inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBeCloseTo(
      0.5,
    )
    expect(pricePerMillion(stated, 'gpt-4.1-nano')).toEqual({ input: 1, output: 2 })
  })

  it.each([
    ['a simulated provider, as what it imitates', fastProvider(), 'gpt-4o-mini'],
    ['a real provider, by its address', real, 'gpt-4o-mini'],
    ['a dated model', real, 'gpt-4o-mini-2024-07-18'],
    ['the configured model where the request named none', real, null],
  ])('looks up the listed price of %s', (_, provider, model) => {
    expect(pricerOf(provider)(model, { inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBeCloseTo(0.75)
  })

  it.each<[string, string | null, number | null, number | null, number | null]>([
    ['an unknown model', 'nobody-knows-it', 10, 10, null],
    ['unknown input tokens', 'gpt-4o-mini', null, 10, null],
    ['unknown output tokens', 'gpt-4o-mini', 10, null, null],
    ['no tokens at all', 'nobody-knows-it', 0, 0, 0],
  ])('says of %s (%s, %s, %s): %s', (_, model, input, output, expected) => {
    expect(pricerOf(real)(model, { inputTokens: input, outputTokens: output })).toBe(expected)
  })
})

describe('a vendor’s prompt cache', () => {
  const million = 1_000_000
  const claude = fastProvider({ format: 'anthropic', model: 'claude-sonnet-4-5' })
  const sonnet = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 }
  const usage = {
    inputTokens: 100_000,
    outputTokens: 1000,
    cacheReadTokens: 40_000,
    cacheWriteTokens: 30_000,
    cacheWrite1hTokens: 10_000,
  }
  const dollars = (30 * 3 + 40 * 0.3 + 20 * 3.75 + 10 * 6 + 15) / 1000

  it.each([
    ['as listed', claude],
    ['as configured', fastProvider({ model: 'home-grown', price: sonnet })],
  ])('is priced by what was read and what was written for how long, %s', (_, provider) => {
    expect(pricerOf(provider)('claude-sonnet-4-5', usage)).toBeCloseTo(dollars, 9)
  })

  it.each([
    [200_000, 0.6],
    [200_001, 1.200006],
  ])('and all of a question of %i tokens by the rate of its length', (inputTokens, expected) => {
    expect(pricerOf(claude)(null, { inputTokens, outputTokens: 0 })).toBeCloseTo(expected, 9)
  })

  it.each<[string, object, number | null]>([
    ['reads as other input', { cacheReadTokens: million }, 3],
    ['writes not at all', { cacheWriteTokens: 1 }, null],
  ])('prices %s where the configuration has no price of theirs', (_, cached, expected) => {
    const own = fastProvider({ price: { input: 3, output: 15 } })
    expect(pricerOf(own)(null, { inputTokens: million, outputTokens: 0, ...cached })).toBe(expected)
  })

  it.each<[string, object, number | null]>([
    ['what reading took off', { cacheReadTokens: million }, 2.7],
    ['less what writing cost more', { cacheReadTokens: 500_000, cacheWriteTokens: 500_000 }, 1.35 - 0.375],
    ['which may be more than it saved', { cacheWriteTokens: million, cacheWrite1hTokens: million }, -3],
    ['nothing without it', {}, 0],
    ['no more than went in', { cacheReadTokens: 9 * million, cacheWriteTokens: 9 * million }, 2.7],
  ])('saves %s', (_, cached, expected) => {
    const stated = { inputTokens: million, outputTokens: 5, ...cached }
    expect(savedByPromptCache(stated, sonnet)).toBeCloseTo(expected ?? 0, 9)
  })

  it('saves nobody knows what where the price is unknown', () => {
    expect(savedByPromptCache({ inputTokens: 9, outputTokens: 9, cacheReadTokens: 9 }, null)).toBeNull()
  })
})

describe('pricePerMillion', () => {
  it.each([
    ['as configured', fastProvider({ price: { input: 3, output: 0 } }), { input: 3, output: 0 }],
    ['as listed', real, { input: 0.15, output: 0.6 }],
  ])('is %s', (_, provider, { input, output }) => {
    expect(pricePerMillion(provider)).toMatchObject({
      input: expect.closeTo(input),
      output: expect.closeTo(output),
    })
  })

  it('is none of what nobody knows', () => {
    expect(pricePerMillion({ ...real, model: 'home-grown' })).toBeNull()
  })
})

describe('isPriced', () => {
  it.each([
    {
      name: 'a configured price',
      provider: fastProvider({ model: 'home-grown', price: { input: 1, output: 1 } }),
      priced: true,
    },
    { name: 'a model of the price list', provider: fastProvider({ model: 'gpt-4o-mini' }), priced: true },
    {
      name: 'a model that the list does not know',
      provider: fastProvider({ model: 'home-grown' }),
      priced: false,
    },
  ])('tells $name', ({ provider, priced }) => {
    expect(isPriced(provider)).toBe(priced)
  })
})
