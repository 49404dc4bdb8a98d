import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { messageOf } from '../../../src/base/index.ts'
import { stepwiseRequest } from '../../support/model-actors.ts'
import { sequences } from '../../support/model-events.ts'
import { Play, type Seen } from '../../support/model-play.ts'
import { Processes } from '../../support/model-product.ts'
import { prepareGround, type Ground } from '../../support/model-scene.ts'
import { WORSE } from '../../support/model-worse.ts'

/**
 * Runs of the product, their watchdogs and recoveries against a Toxiproxy server that others use as well, in sequences of
 * events that are drawn. Everything is real but the processes, which live in this one so that anything can happen to them
 * between any two of their calls, and their clock. Not drawn: two who undo at once what a run did to a proxy that somebody
 * else made, by a toxic (see `Play`).
 */

/** Filled in below, once: the factory of a mock may be run again whenever the modules are loaded anew. */
const stepping = vi.hoisted(() => ({ request: <T>(original: T): T => original }))
vi.mock('undici', async (importOriginal) => {
  const original = await importOriginal<typeof import('undici')>()
  const request: typeof original.request = (...args) => stepping.request(original.request)(...args)
  return { ...original, request }
})
stepping.request = <T>(original: T) => stepwiseRequest(original as never) as T

const USUAL_RUNS = 200
/** More of them find more: `GAMEDAY_MODEL_RUNS=5000 GAMEDAY_MODEL_SEED=7`. */
const RUNS = Number(process.env.GAMEDAY_MODEL_RUNS ?? USUAL_RUNS)
const SEED = Number(process.env.GAMEDAY_MODEL_SEED ?? 20261120)
/** Long enough for a machine that does ten other things. */
const TIMEOUT_MS = 60_000 + RUNS * 500

let ground: Ground
beforeAll(async () => {
  ground = await prepareGround()
})
afterAll(() => ground.close())

const nothingStaysBroken = (processes: Processes, seen: Seen = new Map()) =>
  fc.asyncProperty(sequences, async (events) => {
    const play = await Play.open(ground, processes, seen)
    try {
      await fc.asyncModelRun(() => ({ model: { play }, real: play }), events)
      await play.ends()
    } finally {
      await play.close()
    }
  })

/** What every usual number of runs has to draw: events that never happen prove nothing. */
const DRAWN = [
  ...['before', 'after', 'asleep', 'in force'].map((when) => `killed: runner, ${when}`),
  ...['before', 'after', 'asleep'].map((when) => `killed: watchdog, ${when}`),
  ...['before', 'after'].map((when) => `killed: recover, ${when}`),
  'killed: GET /proxies/:p',
  'killed: POST /proxies',
  'killed: POST /proxies/:p',
  'killed: POST /proxies/:p/toxics',
  'killed: DELETE /proxies/:p',
  'killed: DELETE /proxies/:p/toxics/:t',
  'killed: a probe',
  'killed: in a write',
  'killed: server',
  ...['before', 'after', 'in force'].map((when) => `stopped: ${when}`),
  ...['reset', 'timeout', 'late'].map((trouble) => `hears no answer: ${trouble}`),
  'somebody adds a toxic to',
  'somebody removes his toxics from',
  'somebody changes his toxics on',
  'somebody removes the toxic of a run from',
  'somebody disables',
  'somebody enables',
  'somebody deletes',
  'somebody re-creates',
  'somebody leads elsewhere',
  'somebody resets the server',
  'somebody sets the server up again',
]

describe('whatever happens, in whatever order', () => {
  const seen: Seen = new Map()

  it(
    'nothing stays broken: in the end the server is as it would be without the runs',
    { timeout: TIMEOUT_MS },
    async () => {
      await fc.assert(nothingStaysBroken(new Processes(), seen), { seed: SEED, numRuns: RUNS })
      expect(seen.size).toBeGreaterThan(0)
    },
  )

  it.skipIf(RUNS < USUAL_RUNS)('everything that can happen has happened', () => {
    expect(DRAWN.filter((what) => !seen.has(what))).toEqual([])
  })
})

describe('the same events find out a product that', () => {
  it.each(WORSE)('$what', { timeout: TIMEOUT_MS }, async ({ worse, found }) => {
    const result = await fc.check(nothingStaysBroken(new Processes(worse)), {
      seed: SEED,
      numRuns: RUNS,
      endOnFailure: true,
    })
    expect(result.failed).toBe(true)
    expect(messageOf(result.errorInstance)).toMatch(found)
  })
})
