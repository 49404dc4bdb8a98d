import { messageOf } from '../../src/base/index.ts'
import { runWasLate, wasLate } from '../support/busy-machine.ts'
import { lookAtBystanders } from '../support/matrix-bystanders.ts'
import { ACTS, watchdogOf } from './acts.ts'
import { aftermath, type Before } from './aftermath.ts'
import { tooSlow, WHOLE_WITHIN_MS, wrongExit } from './checks.ts'
import type { Exit } from './endings.ts'
import { portOf, proxiesOn } from './look.ts'
import { MomentMissed, reach } from './reach.ts'
import { nameOf, type Row } from './rows.ts'
import { setScene, type Scene } from './scene.ts'
import { comesTrue, within } from './watch.ts'

/** What came of a row. */
export interface Outcome {
  row: Row
  means: string
  got: Exit | null
  seconds: number
  /** From the death of a runner that was killed to the end of all that it had made; null where nobody was killed. */
  wholeAfterMs: number | null
  /** What is wrong, a sentence each; none in a row that is good. */
  problems: string[]
  /** Whether any of it is more than an ending that a busy machine can explain. Such a row is not held again. */
  inexcusable: boolean
  /** How often it was held again because it had proven nothing. */
  again: number
}

const END_MS = 60_000
const MOST_AGAIN = 2

/**
 * Holds one row: a drill, ended so and then, and all that must be in order afterwards. One that proves nothing, because
 * its load came late by its own word or its moment was not met, is held again at most twice; one that left anything
 * broken never is.
 */
export async function holdRow(row: Row, upstream: string): Promise<Outcome> {
  for (let again = 0; ; again++) {
    const { outcome, again: why } = await holdOnce(row, upstream)
    const done = outcome.problems.length === 0 || outcome.inexcusable
    if (done || why === null || again === MOST_AGAIN) return { ...outcome, again }
    process.stderr.write(`${nameOf(row)}: once more, as ${why}\n`)
  }
}

async function holdOnce(row: Row, upstream: string): Promise<{ outcome: Outcome; again: string | null }> {
  const startMs = performance.now()
  const scene = await setScene(row, upstream)
  const outcome: Outcome = {
    row,
    means: scene.means(),
    got: null,
    seconds: 0,
    wholeAfterMs: null,
    problems: [],
    inexcusable: false,
    again: 0,
  }
  let why: string | null = null
  try {
    await play(scene, outcome)
  } catch (error) {
    if (error instanceof MomentMissed) why = messageOf(error)
    outcome.problems.push(`${messageOf(error)}: ${scene.runner.said().slice(-1500)}`)
  } finally {
    if (tooBusy(scene)) why = 'the load was late'
    await scene.takeDown()
  }
  outcome.seconds = (performance.now() - startMs) / 1000
  return { outcome, again: why }
}

/** Whether the drill says of itself that this machine was too busy for it; another verdict may hide that. */
function tooBusy(scene: Scene): boolean {
  const said = scene.runner.said()
  if (wasLate(said) || /only \d+ requests ended in the baseline/.test(said)) return true
  const dir = scene.dir()
  return dir !== null && runWasLate(dir)
}

async function play(scene: Scene, outcome: Outcome): Promise<void> {
  const { row, runner } = scene
  const bystanders = await lookAtBystanders(scene.server.url)
  const hold = await reach(scene)
  const before = { bystanders, ...(await ownOf(scene)) }

  outcome.inexcusable = true // Until it is known that nothing is.
  const act = ACTS[row.ending]
  const killed = !row.exits.some((exit) => typeof exit === 'number')
  const broken = await act.bring(scene)
  const diedMs = performance.now()
  const whole = killed ? wholeAfter(scene, before, diedMs) : null
  await hold?.release()
  broken.push(...((await act.follow?.(scene)) ?? []))
  const exit = await within('the end of the drill', END_MS, runner.ended)
  outcome.got = exit
  outcome.wholeAfterMs = (await whole) ?? null
  broken.push(...(await aftermath(scene, exit, before)))
  if (outcome.wholeAfterMs !== null && row.ending !== 'KILL of runner and watchdog')
    broken.push(...tooSlow(outcome.wholeAfterMs, scene.lines('watchdog')))
  outcome.inexcusable = broken.length > 0
  outcome.problems.push(...wrongExit(row, exit, runner.said()), ...broken)
}

/** What belongs to the run by now: its ports and its processes. */
async function ownOf(scene: Scene): Promise<Pick<Before, 'ports' | 'pids'>> {
  const run = scene.primary()?.replace(/-primary$/, '') ?? 'none'
  const proxies = (await proxiesOn(scene.server.url)).filter(({ name }) => name.startsWith(run))
  const started = JSON.stringify(scene.lines('journal')[0] ?? {})
  const router = /"router":\{[^}]*"url":"http:\/\/[^":]+:(\d+)/.exec(started)?.[1]
  return {
    ports: [...proxies.map(portOf), ...(router === undefined ? [] : [Number(router)])],
    pids: [scene.runner.pid(), watchdogOf(scene)],
  }
}

/** Waits until nothing is left of the run on the server, and says how long that took. */
async function wholeAfter(scene: Scene, before: Before, diedMs: number): Promise<number> {
  const own = scene.primary()?.replace(/-primary$/, '') ?? 'none'
  await comesTrue(
    async () => !(await proxiesOn(scene.server.url)).some(({ name }) => name.startsWith(own)),
    2 * WHOLE_WITHIN_MS,
  )
  return performance.now() - diedMs
}
