import { calcPrice } from '@pydantic/genai-prices'
import type { ProviderConfig } from '../config/index.ts'

/** US dollars for an answer; null when the model's price or a token count is unknown. */
export type Pricer = (
  model: string | null,
  inputTokens: number | null,
  outputTokens: number | null,
) => number | null

/**
 * Prices the answers of one provider: by the price in the configuration, else by the model's name in the price list
 * that the package brings along. Nothing is fetched. A real provider at an address that the list does not know has a price
 * of its own, whatever its models are called: it is unknown until it is configured.
 */
export function pricerOf(provider: ProviderConfig): Pricer {
  return (model, inputTokens, outputTokens) => {
    if (inputTokens === null || outputTokens === null) return null
    // What produced no token is not billed, whatever the price.
    if (inputTokens === 0 && outputTokens === 0) return 0
    const stated = statedPrice(provider, model)
    if (stated !== undefined) return (inputTokens * stated.input + outputTokens * stated.output) / 1e6
    const usage = { input_tokens: inputTokens, output_tokens: outputTokens }
    return calcPrice(usage, model ?? provider.model, listedUnder(provider))?.total_price ?? null
  }
}

/**
 * Says what a provider asks for a model, its own if none is named, in US dollars for a million tokens; null when it is
 * unknown. The rate is that of requests of a usual size, where a long one costs another.
 */
export function pricePerMillion(
  provider: ProviderConfig,
  model = provider.model,
): { input: number; output: number } | null {
  const stated = statedPrice(provider, model)
  if (stated !== undefined) return stated
  const price = pricerOf(provider)
  const [input, output] = [price(model, 1000, 0), price(model, 0, 1000)]
  return input === null || output === null ? null : { input: input * 1000, output: output * 1000 }
}

/** The price in the configuration: that of the cheaper model for that one, and of the model for all others. */
function statedPrice({ price, cheaper }: ProviderConfig, model: string | null): ProviderConfig['price'] {
  return cheaper !== undefined && model === cheaper.model ? cheaper.price : price
}

/** How many tokens a provider's model takes, question and answer together; null when it is unknown. */
export function contextOf(provider: ProviderConfig): number | null {
  if (provider.context !== undefined) return provider.context
  const usage = { input_tokens: 1, output_tokens: 1 }
  return calcPrice(usage, provider.model, listedUnder(provider))?.model.context_window ?? null
}

/** Whether the answers of this provider can be priced: without it no limit on the cost can be kept. */
export function isPriced(provider: ProviderConfig): boolean {
  return pricerOf(provider)(provider.model, 1, 1) !== null
}

/** Under which vendor to look: a real provider's address tells, a simulated one is priced as what it imitates. */
function listedUnder(provider: ProviderConfig) {
  return provider.kind === 'real' ? { providerApiUrl: provider.baseUrl } : { providerId: provider.format }
}
