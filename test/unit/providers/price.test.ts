import { describe, expect, it } from 'vitest'
import type { RealProviderConfig } from '../../../src/config/index.ts'
import { isPriced, pricePerMillion, pricerOf } from '../../../src/providers/price.ts'
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
    expect(price('any', 1_000_000, 500_000)).toBeCloseTo(0.45)
  })

  it('prices the cheaper model as such: as configured, else as listed', () => {
    const [price, cheaper] = [{ input: 3, output: 6 }, { model: 'gpt-4.1-nano' }]
    const stated = fastProvider({ price, cheaper: { ...cheaper, price: { input: 1, output: 2 } } })
    const listed = fastProvider({ price, cheaper })
    expect(pricerOf(stated)('gpt-4.1-nano', 1_000_000, 1_000_000)).toBeCloseTo(3)
    expect(pricerOf(stated)('any other', 1_000_000, 1_000_000)).toBeCloseTo(9)
    expect(pricerOf(listed)('gpt-4.1-nano', 1_000_000, 1_000_000)).toBeCloseTo(0.5)
    expect(pricePerMillion(stated, 'gpt-4.1-nano')).toEqual({ input: 1, output: 2 })
  })

  it.each([
    ['a simulated provider, as what it imitates', fastProvider(), 'gpt-4o-mini'],
    ['a real provider, by its address', real, 'gpt-4o-mini'],
    ['a dated model', real, 'gpt-4o-mini-2024-07-18'],
    ['the configured model where the request named none', real, null],
  ])('looks up the listed price of %s', (_, provider, model) => {
    expect(pricerOf(provider)(model, 1_000_000, 1_000_000)).toBeCloseTo(0.75)
  })

  it.each<[string, string | null, number | null, number | null, number | null]>([
    ['an unknown model', 'nobody-knows-it', 10, 10, null],
    ['unknown input tokens', 'gpt-4o-mini', null, 10, null],
    ['unknown output tokens', 'gpt-4o-mini', 10, null, null],
    ['no tokens at all', 'nobody-knows-it', 0, 0, 0],
  ])('says of %s (%s, %s, %s): %s', (_, model, input, output, expected) => {
    expect(pricerOf(real)(model, input, output)).toBe(expected)
  })
})

describe('pricePerMillion', () => {
  it.each([
    ['as configured', fastProvider({ price: { input: 3, output: 0 } }), { input: 3, output: 0 }],
    ['as listed', real, { input: 0.15, output: 0.6 }],
  ])('is %s', (_, provider, { input, output }) => {
    expect(pricePerMillion(provider)).toEqual({
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
