import type { GuardrailsConfig } from '../../config/index.ts'
import type { Tags } from '../tags.ts'

/** What holds for one request: of all limits that apply, the strictest. Infinite where there is none. */
export interface Limits {
  tokensIn: number
  tokensOut: number
  costUsd: number
  /** The tenant's budget for a day. */
  dayUsd: number
}

interface Most {
  tokensIn?: number
  tokensOut?: number
  cost?: number
}

/** Finds the limits of a request by its tags. */
export function limitsOf(config: GuardrailsConfig, { tenant, feature }: Tags): Limits {
  const own = entry(config.tenants, tenant)
  const all: Most[] = [config.request, own ?? {}, entry(config.features, feature) ?? {}]
  const strictest = (name: keyof Most) => Math.min(...all.map((one) => one[name] ?? Infinity))
  return {
    tokensIn: strictest('tokensIn'),
    tokensOut: strictest('tokensOut'),
    costUsd: strictest('cost'),
    dayUsd: own?.day ?? config.day ?? Infinity,
  }
}

/** Whether any limit is set at all: without one a request is not even looked at. */
export function hasLimits({ request, tenants, features, day }: GuardrailsConfig): boolean {
  return day !== undefined || [request, tenants, features].some((one) => Object.keys(one).length > 0)
}

/** A name comes from a caller: one such as `constructor` finds nothing. */
function entry<T>(table: Record<string, T>, name: string | null): T | undefined {
  return name !== null && Object.hasOwn(table, name) ? table[name] : undefined
}
