import type { ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import { contextOf, pricePerMillion } from '../providers/index.ts'
import type { RouterTarget } from '../router/index.ts'

/** Describes a provider to the router in front of it: where it is reached, with which key, and what is known of its model. */
export function routerTarget(
  role: ProviderRole,
  providers: Config['providers'],
  { baseUrl, key }: { baseUrl: string; key: string },
): RouterTarget {
  const provider = providers[role]
  const { name, format, model, cheaper } = provider
  // Clients ask for the primary's model: only a provider that calls it otherwise needs the request rewritten.
  const rename = model === providers.primary.model ? {} : { model }
  const priced = (asked: string) => {
    const price = pricePerMillion(provider, asked)
    return price === null ? {} : { price }
  }
  const context = contextOf(provider)
  return {
    role,
    name,
    format,
    baseUrl,
    key,
    ...rename,
    ...priced(model),
    ...(cheaper === undefined ? {} : { cheaper: { model: cheaper.model, ...priced(cheaper.model) } }),
    ...(context === null ? {} : { context }),
  }
}
