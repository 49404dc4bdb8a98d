import { isDeepStrictEqual } from 'node:util'
import { span } from '../format.ts'
import type { FaultPair } from './same-drill.ts'
import type { Side } from './side.ts'

/** Something that was not alike in the two runs, besides what they measured. */
export interface Difference {
  what: string
  first: string
  second: string
  /** Why the numbers compare less well for it; null where the difference may be what is compared. */
  warning: string | null
}

/** A random number of requests stays this near to its rate; more is another rate. */
const RATE_MOST = 0.1
/** A fault may be armed a little late. */
const LENGTH_MOST = 0.1

const NOT_SAID = 'not said'

/** Says what differed between two runs besides their results: router, providers, drill file, rate, seed, versions. */
export function differencesBetween(first: Side, second: Side, pairs: readonly FaultPair[]): Difference[] {
  const found: Difference[] = []
  const row = (
    what: string,
    [a, b]: [string | null, string | null],
    { warning = null, differ = a !== b }: { warning?: string | null; differ?: boolean } = {},
  ) => {
    if (differ) found.push({ what, first: a ?? NOT_SAID, second: b ?? NOT_SAID, warning })
  }
  const both = (of: (side: Side) => string | null): [string | null, string | null] => [of(first), of(second)]

  row(
    'drill',
    both(({ drill }) => drill.name),
  )
  row(
    'drill file',
    both(({ drill }) => drill.sha256?.slice(0, 12) ?? null),
    {
      warning: 'the file was changed in between, though not in what it breaks',
    },
  )
  row(
    'claim',
    both(({ drill }) => drill.claim),
    { warning: 'the verdicts do not claim the same' },
  )
  row('promise', both(promiseOf), {
    warning: 'met and missed do not mean the same',
    // Without an outage there is nothing that states it.
    differ: promiseOf(first) !== null && promiseOf(second) !== null && promiseOf(first) !== promiseOf(second),
  })
  row('router', both(routerOf))
  for (const role of ['primary', 'secondary'])
    row(
      role,
      both((side) => providerOf(side, role)),
    )
  row('stage', both(stageOf))
  row(
    'Toxiproxy',
    both(({ environment }) => toxiproxyOf(environment?.toxiproxy)),
  )
  row(
    'people',
    both(({ run }) => (run.attended === null ? null : run.attended ? 'with people' : 'unattended')),
  )
  row(
    'rate',
    both(({ perSecond }) => (perSecond === null ? null : `${perSecond.toFixed(1)}/s`)),
    {
      warning: 'more load can be what made the difference',
      differ: isFar(first.perSecond, second.perSecond, RATE_MOST),
    },
  )
  for (const [index, pair] of pairs.entries()) {
    const [a, b] = [lengthMs(pair.first), lengthMs(pair.second)]
    row(`fault ${index + 1} held`, [a === null ? null : span(a), b === null ? null : span(b)], {
      warning: 'what grows with the length of an outage does not compare',
      differ: a !== null && b !== null && isFar(a, b, LENGTH_MOST),
    })
  }
  row('real traffic', both(trafficOf), { warning: 'the budgets do not compare' })
  row(
    'seed',
    both(({ run }) => run.seed?.toString() ?? null),
  )
  if (!isDeepStrictEqual(first.run.versions, second.run.versions))
    for (const name of new Set([...Object.keys(first.run.versions), ...Object.keys(second.run.versions)]))
      row(
        name,
        both(({ run }) => run.versions[name] ?? null),
      )
  return found
}

function isFar(a: number | null, b: number | null, most: number): boolean {
  if (a === null || b === null) return a !== b
  return Math.abs(a - b) > most * Math.max(a, b)
}

function promiseOf({ objectives }: Side): string | null {
  return objectives.length === 0 ? null : objectives.map(({ id, target }) => `${id} ${target}`).join(', ')
}

function trafficOf({ errorBudget }: Side): string | null {
  const perSecond = errorBudget?.trafficPerSecond ?? null
  return perSecond === null ? null : `${Number((perSecond * 3600).toPrecision(6))}/h`
}

/** An embedded one listens on another port in every run. */
function routerOf({ environment }: Side): string | null {
  const router = environment?.router
  if (router == null) return null
  const where = router.kind === 'embedded' ? 'embedded' : `${router.kind} ${router.url ?? ''}`.trim()
  return router.bypass === null ? where : `${where}, bypassed to ${router.bypass}`
}

function providerOf({ environment }: Side, wanted: string): string | null {
  const provider = environment?.providers.find(({ role }) => role === wanted)
  return provider === undefined
    ? null
    : [provider.name, provider.kind, provider.model].filter((part) => part !== null).join(', ')
}

/** A run that had no stage to go to made its own. */
function stageOf({ environment }: Side): string | null {
  return environment === null ? null : (environment.stage?.url ?? 'its own')
}

function toxiproxyOf(toxiproxy: NonNullable<Side['environment']>['toxiproxy']): string | null {
  return toxiproxy == null ? null : [toxiproxy.kind, toxiproxy.version ?? ''].join(' ').trim()
}

function lengthMs(fault: FaultPair['first']): number | null {
  return fault === null || fault.inForceMs === null || fault.revertedMs === null
    ? null
    : fault.revertedMs - fault.inForceMs
}
