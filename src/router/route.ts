import type { Random } from '../base/index.ts'
import { holds, type RouterConfig } from '../config/index.ts'
import type { Tags } from './tags.ts'
import type { Target } from './target.ts'

/** Why a provider was asked, where the order of the configuration alone does not say it. */
export type Chosen =
  | 'pin' // a pin holds the request there
  | 'canary' // the canary's weights drew it
  | 'failover' // the one before it failed this request
  | 'circuit' // the circuit of the one before it is open
  | 'full' // the one before it has as much in flight as it may
  | 'guardrail' // a guardrail forbids the one before it
  | 'obstacle' // the request holds what the one before it cannot take

/** The targets that one request may be put to, in the order in which they are asked, and what made the first of them it. */
export interface Route {
  order: readonly Target[]
  by: 'pin' | 'canary' | null
}

type Settings = Pick<RouterConfig, 'pins' | 'canary'>
type Weights = NonNullable<Settings['canary']>

/**
 * Finds the route of a request: its pin's, else the canary's, else the targets in their order. The canary draws once a
 * request and only who comes first; whoever fails is never drawn again for it. `random` is null for what is no canary's
 * business.
 */
export function routeOf(
  targets: readonly Target[],
  { pins, canary }: Settings,
  tags: Tags,
  random: Random | null,
): Route {
  const pin = pins.find((one) => holds(one, tags))
  if (pin !== undefined) {
    const pinned = targets.filter(({ config }) => config.role === pin.provider)
    return { order: pin.failover ? [...new Set([...pinned, ...targets])] : pinned, by: 'pin' }
  }
  if (canary === undefined || random === null) return { order: targets, by: null }
  const drawn = draw(targets, canary, random)
  if (drawn === undefined || drawn === targets[0]) return { order: targets, by: null }
  return { order: [drawn, ...targets.filter((target) => target !== drawn)], by: 'canary' }
}

function draw(targets: readonly Target[], weights: Weights, random: Random): Target | undefined {
  const total = targets.reduce((sum, { config }) => sum + weights[config.role], 0)
  let left = random() * total
  return targets.find(({ config }) => (left -= weights[config.role]) < 0)
}

/** The share of a tenant's and feature's requests that ask the primary first while all is well: 1 without pin and canary. */
export function primaryShare({ pins, canary }: Settings, tags: Tags): number {
  const pin = pins.find((one) => holds(one, tags))
  if (pin !== undefined) return pin.provider === 'primary' ? 1 : 0
  return canary === undefined ? 1 : canary.primary / (canary.primary + canary.secondary)
}
