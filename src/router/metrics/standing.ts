import type { Registry } from 'prom-client'
import type { CircuitState, RouterState } from '../types.ts'

type PromClient = typeof import('prom-client')

/** What is looked at when somebody asks for the metrics. */
export interface MetricsSources {
  version: string
  state: () => RouterState
  /** What became of requests on their way into the log and to each exporter. */
  deliveries: () => readonly { to: string; taken: number; lost: number }[]
  /** Whether the last change of the settings worked. */
  isReloaded: () => boolean
}

/** Something that is known at any time, and read when it is asked for. */
interface Reading {
  kind: 'Gauge' | 'Counter'
  name: string
  help: string
  labels?: readonly string[]
  read: () => Iterable<{ labels?: Record<string, string>; value: number }>
}

/** Sets up what is read when the metrics are asked for. */
export function showStanding(prom: PromClient, registry: Registry, sources: MetricsSources): void {
  for (const { kind, name, help, labels = [], read } of [
    ...routerReadings(sources),
    ...cacheReadings(sources),
  ])
    new prom[kind]({
      name: `gameday_router_${name}`,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset()
        for (const { labels: own = {}, value } of read()) {
          if ('set' in this) this.set(own, value)
          else this.inc(own, value)
        }
      },
    })
}

const CIRCUIT_STATES: readonly CircuitState[] = ['closed', 'open', 'half-open']

function routerReadings({ version, state, deliveries, isReloaded }: MetricsSources): Reading[] {
  const one = (value: number) => [{ value }]
  const ofTargets = (value: (target: RouterState['targets'][number]) => number) =>
    state().targets.map((target) => ({
      labels: { role: target.role, provider: target.provider },
      value: value(target),
    }))
  return [
    {
      kind: 'Gauge',
      name: 'info',
      help: 'Always 1: which gameday this is, and which settings are in force.',
      labels: ['version', 'settings_sha256'],
      read: () => [{ labels: { version, settings_sha256: state().settings.sha256 ?? 'none' }, value: 1 }],
    },
    {
      kind: 'Gauge',
      name: 'requests_in_flight',
      help: 'Requests under way.',
      read: () => one(state().inFlight),
    },
    {
      kind: 'Gauge',
      name: 'attempts_in_flight',
      help: 'Attempts at a provider under way.',
      labels: ['role', 'provider'],
      read: () => ofTargets(({ inFlight }) => inFlight),
    },
    {
      kind: 'Gauge',
      name: 'circuit_state',
      help: '1 for the state that a provider’s circuit is in, 0 for the others.',
      labels: ['role', 'provider', 'state'],
      read: () =>
        CIRCUIT_STATES.flatMap((name) =>
          ofTargets(({ circuit }) => (circuit.state === name ? 1 : 0)).map(({ labels, value }) => ({
            labels: { ...labels, state: name },
            value,
          })),
        ),
    },
    {
      kind: 'Gauge',
      name: 'bypassed',
      help: '1 while everything goes straight to one provider.',
      read: () => one(state().bypass === null ? 0 : 1),
    },
    {
      kind: 'Gauge',
      name: 'settings_last_reload_successful',
      help: '0 while the configuration file holds what was refused.',
      read: () => one(isReloaded() ? 1 : 0),
    },
    {
      kind: 'Gauge',
      name: 'settings_since_timestamp_seconds',
      help: 'Since when the settings are in force.',
      read: () => one(Date.parse(state().settings.since) / 1000),
    },
    {
      kind: 'Counter',
      name: 'records_delivered_total',
      help: 'Records of requests that the log or an exporter has taken.',
      labels: ['to'],
      read: () => deliveries().map(({ to, taken }) => ({ labels: { to }, value: taken })),
    },
    {
      kind: 'Counter',
      name: 'records_lost_total',
      help: 'Records of requests that the log or an exporter will never get.',
      labels: ['to'],
      read: () => deliveries().map(({ to, lost }) => ({ labels: { to }, value: lost })),
    },
  ]
}

function cacheReadings({ state }: MetricsSources): Reading[] {
  type Stats = NonNullable<RouterState['cache']>
  const reading = (
    kind: Reading['kind'],
    name: string,
    help: string,
    value: (stats: Stats) => number | null,
  ): Reading => ({
    kind,
    name: `cache_${name}`,
    help,
    read: () => {
      const { cache } = state()
      const known = cache === null ? null : value(cache)
      // A gauge that is not set would read 0.
      return known === null ? (kind === 'Gauge' ? [{ value: NaN }] : []) : [{ value: known }]
    },
  })
  return [
    reading('Counter', 'hits_total', 'Requests answered from the cache.', ({ hits }) => hits),
    reading('Counter', 'misses_total', 'Looks into the cache that found nothing.', ({ misses }) => misses),
    reading('Counter', 'stored_total', 'Answers kept.', ({ stored }) => stored),
    reading('Counter', 'evicted_total', 'Answers that had to make room.', ({ evicted }) => evicted),
    reading(
      'Counter',
      'troubles_total',
      'Times that the store failed or was too slow.',
      ({ troubles }) => troubles,
    ),
    reading(
      'Counter',
      'saved_usd_total',
      'What the answers served had cost, in US dollars.',
      ({ savedUsd }) => savedUsd,
    ),
    reading(
      'Counter',
      'saved_unknown_total',
      'Answers served whose cost is not known, and so not in saved_usd.',
      ({ savedUnknown }) => savedUnknown,
    ),
    reading(
      'Gauge',
      'hit_ratio',
      'Hits by looks; NaN before anything was looked for.',
      ({ hitRate }) => hitRate,
    ),
  ]
}
