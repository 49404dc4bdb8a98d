import { describe, expect, it } from 'vitest'
import { seededRandom, type ProviderRole } from '../../../src/base/index.ts'
import { Circuit } from '../../../src/router/circuit.ts'
import { pick } from '../../../src/router/pick.ts'
import { primaryShare, routeOf, type Chosen } from '../../../src/router/route.ts'
import type { Target } from '../../../src/router/target.ts'

const LIMITS = { failures: 3, probeEvery: 5000, retryAfterMost: 60_000 }
const NOW = 1000

/** A target of which only role and circuit are looked at. `due`: open, and it is time for a probe. */
function target(role: ProviderRole, state: 'closed' | 'open' | 'due'): Target {
  const circuit = new Circuit(LIMITS, () => {})
  const pass = circuit.admit(0, true)
  if (state !== 'closed' && pass !== null)
    circuit.failed(pass, state === 'due' ? NOW - LIMITS.probeEvery : NOW, {
      class: 'credential',
      brief: 'credential',
      retryAfterMs: null,
      slowToken: false,
      inStream: false,
      midway: false,
    })
  return { config: { role }, circuit } as Target
}

const question = { stream: true, judged: true }

interface Row {
  primary?: 'closed' | 'open' | 'due'
  secondary?: 'closed' | 'open' | 'due'
  against?: Partial<Record<ProviderRole, Chosen>>
  by?: 'pin' | 'canary' | null
  /** The secondary comes first. */
  turned?: boolean
  picked: string | null
}

const rows: (Row & { name: string })[] = [
  { name: 'the first in order', picked: 'primary live' },
  {
    name: 'the second after the first has failed',
    against: { primary: 'failover' },
    picked: 'secondary live failover',
  },
  { name: 'the second beside an open circuit', primary: 'open', picked: 'secondary live circuit' },
  { name: 'the first as a probe that is due', primary: 'due', picked: 'primary probe' },
  { name: 'the second beside a full first', against: { primary: 'full' }, picked: 'secondary live full' },
  { name: 'nobody where both are full', against: { primary: 'full', secondary: 'full' }, picked: null },
  {
    name: 'nobody where one has failed and one is full',
    against: { primary: 'failover', secondary: 'full' },
    picked: null,
  },
  {
    name: 'nobody where one is broken and the good one is full',
    primary: 'open',
    against: { secondary: 'full' },
    picked: null,
  },
  {
    name: 'a broken one where the full one is broken as well',
    primary: 'open',
    secondary: 'open',
    against: { secondary: 'full' },
    picked: 'primary forced',
  },
  { name: 'the first of two broken ones', primary: 'open', secondary: 'open', picked: 'primary forced' },
  {
    name: 'the other broken one after the first has failed',
    primary: 'open',
    secondary: 'open',
    against: { primary: 'failover' },
    picked: 'secondary forced failover',
  },
  {
    name: 'a probe of the second, before a broken first is forced',
    primary: 'open',
    secondary: 'due',
    picked: 'secondary probe circuit',
  },
  {
    name: 'the second where a guardrail forbids the first',
    against: { primary: 'guardrail' },
    picked: 'secondary live guardrail',
  },
  {
    name: 'the second where the first cannot take it',
    against: { primary: 'obstacle' },
    picked: 'secondary live obstacle',
  },
  {
    name: 'a broken one where the other cannot take it',
    primary: 'open',
    against: { secondary: 'obstacle' },
    picked: 'primary forced',
  },
  {
    name: 'nobody where both have failed',
    against: { primary: 'failover', secondary: 'failover' },
    picked: null,
  },
  { name: 'the pinned one', turned: true, by: 'pin', picked: 'secondary live pin' },
  {
    name: 'the pinned one, though it is broken and nobody else may be asked',
    secondary: 'open',
    turned: true,
    by: 'pin',
    against: { primary: 'failover' },
    picked: 'secondary forced pin',
  },
  {
    name: 'the other one after the pinned one has failed',
    turned: true,
    by: 'pin',
    against: { secondary: 'failover' },
    picked: 'primary live failover',
  },
  { name: 'the canary', turned: true, by: 'canary', picked: 'secondary live canary' },
  {
    name: 'no canary with an open circuit',
    secondary: 'open',
    turned: true,
    by: 'canary',
    picked: 'primary live circuit',
  },
  {
    name: 'a canary with an open circuit when a probe is due',
    secondary: 'due',
    turned: true,
    by: 'canary',
    picked: 'secondary probe canary',
  },
  {
    name: 'no canary that is full',
    turned: true,
    by: 'canary',
    against: { secondary: 'full' },
    picked: 'primary live full',
  },
]

describe('of two targets is picked', () => {
  it.each(rows)(
    '$name',
    ({ primary = 'closed', secondary = 'closed', against = {}, by = null, turned, picked }) => {
      const targets = [target('primary', primary), target('secondary', secondary)]
      const route = { order: turned === true ? targets.toReversed() : targets, by }
      const choice = pick(route, ({ config }) => against[config.role] ?? null, question, NOW)
      const words = [choice?.target.config.role, choice?.pass.kind, choice?.chosen]
      expect(choice === null ? null : words.filter((word) => word != null).join(' ')).toBe(picked)
    },
  )

  it('nobody’s probe for a question that is not judged', () => {
    const targets = [target('primary', 'due'), target('secondary', 'closed')]
    const choice = pick({ order: targets, by: null }, () => null, { stream: false, judged: false }, NOW)
    expect(choice).toMatchObject({ target: { config: { role: 'secondary' } }, pass: { kind: 'live' } })
    expect(targets[0]?.circuit.state).toBe('open')
  })
})

const two = [target('primary', 'closed'), target('secondary', 'closed')]
const canary = { primary: 9, secondary: 1 }
const acme = { tenant: 'acme', feature: null }
const held = { provider: 'secondary', failover: false } as const

describe('the route of a request', () => {
  const routeFor = (
    settings: Parameters<typeof routeOf>[1],
    tags = acme as Parameters<typeof routeOf>[2],
    draw = 0,
  ) => {
    const { order, by } = routeOf(two, settings, tags, () => draw)
    return [by, ...order.map(({ config }) => config.role)].join(' ')
  }

  it.each([
    { name: 'is the order without pin and canary', settings: { pins: [] }, route: ' primary secondary' },
    {
      name: 'ends at a pin without failover',
      settings: { pins: [{ ...held, tenant: 'acme' }] },
      route: 'pin secondary',
    },
    {
      name: 'begins at a pin with failover',
      settings: { pins: [{ ...held, tenant: 'acme', failover: true }] },
      route: 'pin secondary primary',
    },
    {
      name: 'is no other tenant’s',
      settings: { pins: [{ ...held, tenant: 'birch' }] },
      route: ' primary secondary',
    },
    {
      name: 'is pinned by feature',
      settings: { pins: [{ ...held, feature: 'search' }] },
      tags: { tenant: null, feature: 'search' },
      route: 'pin secondary',
    },
    {
      name: 'needs both where both are named',
      settings: { pins: [{ ...held, tenant: 'acme', feature: 'search' }] },
      route: ' primary secondary',
    },
    {
      name: 'has both where both are named',
      settings: { pins: [{ ...held, tenant: 'acme', feature: 'search' }] },
      tags: { tenant: 'acme', feature: 'search' },
      route: 'pin secondary',
    },
    {
      name: 'is that of the first pin that fits',
      settings: {
        pins: [
          { ...held, feature: 'search' },
          { ...held, tenant: 'acme', provider: 'primary' as const },
        ],
      },
      tags: { tenant: 'acme', feature: 'search' },
      route: 'pin secondary',
    },
    {
      name: 'is a canary’s where the draw says so',
      settings: { pins: [], canary },
      draw: 0.91,
      route: 'canary secondary primary',
    },
    {
      name: 'is the order where the draw says so',
      settings: { pins: [], canary },
      draw: 0.89,
      route: ' primary secondary',
    },
    {
      name: 'is a pin’s before it is a canary’s',
      settings: { pins: [{ ...held, tenant: 'acme', provider: 'primary' as const }], canary },
      draw: 0.99,
      route: 'pin primary',
    },
    {
      name: 'never begins at a weight of 0',
      settings: { pins: [], canary: { primary: 1, secondary: 0 } },
      draw: 1 - Number.EPSILON,
      route: ' primary secondary',
    },
    {
      name: 'always begins at the only weight',
      settings: { pins: [], canary: { primary: 0, secondary: 1 } },
      draw: 0,
      route: 'canary secondary primary',
    },
  ])('$name', ({ settings, tags, draw, route }) => expect(routeFor(settings, tags, draw)).toBe(route))

  it('is the order for what is no canary’s business, and nothing is drawn for it', () => {
    expect(routeOf(two, { pins: [], canary: { primary: 0, secondary: 1 } }, acme, null)).toEqual({
      order: two,
      by: null,
    })
  })

  it('begins at the canary as often as its weight says', () => {
    const random = seededRandom(1, 'canary')
    let drawn = 0
    for (let n = 0; n < 10_000; n++)
      if (routeOf(two, { pins: [], canary }, acme, random).by === 'canary') drawn++
    // 1000 expected, and 30 is one standard deviation.
    expect(Math.abs(drawn - 1000)).toBeLessThan(120)
  })

  it.each([
    [{ pins: [] }, 1],
    [{ pins: [], canary }, 0.9],
    [{ pins: [], canary: { primary: 0, secondary: 2 } }, 0],
    [{ pins: [{ ...held, tenant: 'acme' }], canary }, 0],
    [{ pins: [{ ...held, tenant: 'acme', provider: 'primary' as const }], canary }, 1],
    [{ pins: [{ ...held, tenant: 'birch' }], canary }, 0.9],
  ])('asks the primary first as often as can be reckoned: %j', (settings, share) => {
    expect(primaryShare(settings, acme)).toBe(share)
  })
})
