import { calcPrice, type ModelPrice, type TieredPrices } from '@pydantic/genai-prices'
import { costOf, type TokenPrice, type TokenUsage } from '../base/index.ts'
import type { ProviderConfig } from '../config/index.ts'

/** Tokens of an answer, as far as they are known. */
export type StatedUsage = Omit<TokenUsage, 'inputTokens' | 'outputTokens'> &
  Record<'inputTokens' | 'outputTokens', number | null>

/** US dollars for an answer; null when the model's price or a token count is unknown. */
export type Pricer = (model: string | null, usage: StatedUsage) => number | null

/** Prices the answers of one provider, by `pricePerMillion`. */
export function pricerOf(provider: ProviderConfig): Pricer {
  return (model, { inputTokens, outputTokens, ...cached }) =>
    inputTokens === null || outputTokens === null
      ? null
      : costOf({ inputTokens, outputTokens, ...cached }, pricePerMillion(provider, model ?? provider.model))
}

/**
 * Says what a provider asks for a model, its own if none is named, in US dollars for a million tokens; null when it is
 * unknown: the price in the configuration, else that under the model's name in the price list that the package brings
 * along. Nothing is fetched. A real provider at an address that the list does not know has a price of its own, whatever its
 * models are called: it is unknown until it is configured.
 */
export function pricePerMillion(provider: ProviderConfig, model = provider.model): TokenPrice | null {
  const stated = statedPrice(provider, model)
  if (stated !== undefined) return stated
  const found = lookUp(provider, model)
  return found === null ? null : listed(found.model_price)
}

/** The price in the configuration: that of the cheaper model for that one, and of the model for all others. */
function statedPrice({ price, cheaper }: ProviderConfig, model: string): ProviderConfig['price'] {
  return cheaper !== undefined && model === cheaper.model ? cheaper.price : price
}

/** How many tokens a provider's model takes, question and answer together; null when it is unknown. */
export function contextOf(provider: ProviderConfig): number | null {
  return provider.context ?? lookUp(provider, provider.model)?.model.context_window ?? null
}

/** Whether the answers of this provider can be priced: without it no limit on the cost can be kept. */
export function isPriced(provider: ProviderConfig): boolean {
  return pricePerMillion(provider) !== null
}

/** Looks under the vendor: a real provider's address tells, a simulated one is priced as what it imitates. */
function lookUp(provider: ProviderConfig, model: string) {
  const vendor =
    provider.kind === 'real' ? { providerApiUrl: provider.baseUrl } : { providerId: provider.format }
  return calcPrice({ input_tokens: 1, output_tokens: 1 }, model, vendor)
}

const RATES = {
  input: 'input_mtok',
  output: 'output_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
} as const

/** Writes a price of the list as ours. Where a long question costs more, it says so of each rate. */
function listed(price: ModelPrice): TokenPrice {
  const starts = Object.values(RATES).flatMap((name) => {
    const rate = price[name]
    return typeof rate === 'object' ? rate.tiers.map(({ start }) => start) : []
  })
  const long = [...new Set(starts)]
    .toSorted((a, b) => a - b)
    .map((over) => ({ over, ...ratesOf(price, over) }))
  return { ...ratesOf(price, 0), ...(long.length === 0 ? {} : { long }) }
}

function ratesOf(price: ModelPrice, over: number): TokenPrice {
  const known = Object.entries(RATES).flatMap(([ours, name]) => {
    const rate = price[name]
    if (rate === undefined) return []
    return [[ours, typeof rate === 'number' ? rate : rateFrom(rate, over)]]
  })
  // The list leaves out what is not billed, as all of a model that is free.
  return { input: 0, output: 0, ...(Object.fromEntries(known) as Partial<TokenPrice>) }
}

const rateFrom = ({ base, tiers }: TieredPrices, over: number) =>
  tiers.findLast(({ start }) => start <= over)?.price ?? base
