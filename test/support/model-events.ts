import fc, { type AsyncCommand } from 'fast-check'
import { TROUBLES, type Trouble } from './model-actors.ts'
import type { Deed } from './model-others.ts'
import { ROLES, type Play, type Role } from './model-play.ts'
import type { FaultKind, Plan, Why } from './model-run.ts'
import { KEPT, OTHERS, UPSTREAMS, type Upstream } from './model-scene.ts'

/** What may happen is asked of the play itself: the model is in it. */
export type Event = AsyncCommand<{ play: Play }, Play>

function event(name: string, may: (play: Play) => boolean, happen: (play: Play) => Promise<void>): Event {
  return {
    check: ({ play }) => may(play),
    run: (_model, play) => happen(play),
    toString: () => name,
  }
}

const named = ({ kind, on, watched }: Plan) =>
  `run(${kind} on ${on ?? 'its own proxy'}${watched ? ', watched' : ''})`

const starts = (plan: Plan, steps: number) =>
  event(
    `${named(plan)} goes on ${steps} steps`,
    (play) => play.mayStart,
    async (play) => {
      await play.starts(plan)
      await play.goesOn('runner', steps)
    },
  )

const startsAndDies = (plan: Plan, steps: number) =>
  event(
    `${named(plan)} is killed after ${steps} steps`,
    (play) => play.mayStart,
    async (play) => {
      await play.starts(plan)
      await play.goesOn('runner', steps)
      await play.isKilled('runner')
    },
  )

const goesOn = (role: Role, steps: number) =>
  event(
    `${role} goes on(${steps})`,
    (play) => play.isThere(role),
    (play) => play.goesOn(role, steps),
  )

const trouble = (role: Role, what: Trouble, toChange: boolean) =>
  event(
    `${role} hears no answer(${what}${toChange ? ', to its next change' : ''})`,
    (play) => play.isThere(role),
    async (play) => {
      if (toChange) await play.goesOnToChange(role)
      await play.goesOn(role, 1, what)
    },
  )

/** `after` says how many steps after it stands before its next change; null where it stands now. */
const killed = (role: Role, after: number | null) =>
  event(
    `kill(${role}${after === null ? '' : `, ${after} steps after it is about to change something`})`,
    (play) => play.isThere(role),
    async (play) => {
      if (after !== null) {
        await play.goesOnToChange(role)
        await play.goesOn(role, after)
      }
      await play.isKilled(role)
    },
  )

const stops = (why: Why) =>
  event(
    `stop(${why})`,
    (play) => play.isThere('runner'),
    (play) => play.stops(why),
  )

const diesInNextWrite = event(
  'kill(runner, while it writes its next record)',
  (play) => play.isThere('runner'),
  (play) => play.diesInNextWrite(),
)

const fallsSilent = event(
  'runner falls silent',
  (play) => play.mayBeOverruled,
  (play) => play.fallsSilent(),
)

const timePasses = event(
  'deadlines pass',
  (play) => play.mayBeOverruled,
  (play) => play.timePasses(),
)

const recovers = (steps: number) =>
  event(
    `recover goes on ${steps} steps`,
    (play) => play.mayRecover,
    async (play) => {
      await play.recovers()
      await play.goesOn('recover', steps)
    },
  )

const serverStops = event(
  'kill(server)',
  (play) => play.up,
  (play) => play.serverStops(),
)

const serverStarts = event(
  'server starts empty',
  (play) => !play.up,
  (play) => play.serverStarts(),
)

const restarts = event(
  'server restarts empty',
  (play) => play.up,
  async (play) => {
    await play.serverStops()
    await play.serverStarts()
  },
)

const OWN = 'the own proxy of the last run'

const somebody = (deed: Deed) => {
  const named = 'proxy' in deed ? deed.proxy : null
  return event(
    `somebody ${Object.values(deed).join(' ')}`,
    (play) => play.up && (named !== OWN || play.ownProxy !== null),
    (play) => play.somebody(named === OWN ? ({ ...deed, proxy: play.ownProxy ?? '' } as Deed) : deed),
  )
}

const theirs = [...KEPT, ...OTHERS]
const proxy = fc.constantFrom(...theirs, ...KEPT, ...KEPT, OWN)
const upstream = fc.constantFrom<Upstream>(...UPSTREAMS)

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ deed: fc.constant('adds a toxic to' as const), proxy }) },
  {
    weight: 3,
    arbitrary: fc.record({
      deed: fc.constantFrom(
        'removes his toxics from',
        'changes his toxics on',
        'removes the toxic of a run from',
      ),
      proxy,
    }),
  },
  { weight: 6, arbitrary: fc.record({ deed: fc.constantFrom('disables', 'enables', 'deletes'), proxy }) },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('re-creates' as const),
      proxy: fc.constantFrom(...theirs, ...KEPT),
      upstream,
      enabled: fc.boolean(),
    }),
  },
  // What leads where the run's own proxy leads, under the run's own name, would be the run's for all that anybody can tell.
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('re-creates' as const),
      proxy: fc.constant(OWN),
      upstream: fc.constant('second' as const),
      enabled: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('leads elsewhere' as const),
      proxy: fc.constantFrom(...theirs),
      upstream,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ deed: 'resets the server' } as const) },
  { weight: 2, arbitrary: fc.constant({ deed: 'sets the server up again' } as const) },
)

const role = fc.constantFrom(...ROLES)
const someSteps = fc.integer({ min: 1, max: 7 })

const whenKilled = fc.constantFrom(null, 0, 1, 2, 3)

/** Runs and recoveries go on by themselves at first, so that they are met at every one of their moments. */
const headStart = (most: number) => fc.integer({ min: 0, max: most })

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom<FaultKind>('latency', 'refused'),
  on: fc.constantFrom(null, null, ...KEPT),
  watched: fc.boolean(),
})

/** Events are drawn from this list evenly, so what stands in it twice happens twice as often. */
const drawn: fc.Arbitrary<Event>[] = [
  ...times(
    3,
    fc.tuple(plan, headStart(24)).map((args) => starts(...args)),
  ),
  ...times(
    3,
    fc.tuple(plan, headStart(24)).map((args) => startsAndDies(...args)),
  ),
  ...times(4, headStart(10).map(recovers)),
  ...times(
    3,
    someSteps.map((steps) => goesOn('runner', steps)),
  ),
  ...times(
    2,
    someSteps.map((steps) => goesOn('recover', steps)),
  ),
  ...times(
    2,
    someSteps.map((steps) => goesOn('watchdog', steps)),
  ),
  ...times(
    3,
    fc.tuple(role, fc.constantFrom(...TROUBLES), fc.boolean()).map((args) => trouble(...args)),
  ),
  whenKilled.map((after) => killed('runner', after)),
  whenKilled.map((after) => killed('recover', after)),
  whenKilled.map((after) => killed('watchdog', after)),
  fc.constant(diesInNextWrite),
  fc.constantFrom<Why>('signal', 'abort', 'cap').map(stops),
  fc.constantFrom(fallsSilent, timePasses),
  fc.constantFrom(serverStops, restarts, serverStarts),
  ...times(4, deeds.map(somebody)),
]

function times<T>(count: number, arbitrary: T): T[] {
  return Array.from({ length: count }, () => arbitrary)
}

const MOST_EVENTS = 40

/** Sequences of everything that can happen. Not biased towards small ones: a run that ends early tells little. */
export const sequences: fc.Arbitrary<Iterable<Event>> = fc.noBias(
  fc.commands(drawn, { maxCommands: MOST_EVENTS, size: 'max' }),
)
