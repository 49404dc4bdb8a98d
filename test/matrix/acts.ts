import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lives, ownerAmong, stateOf } from '../support/matrix-processes.ts'
import type { Call } from '../support/matrix-relay.ts'
import type { Ending } from './endings.ts'
import { gameday, type Said } from './gameday.ts'
import { proxiesOn } from './look.ts'
import { trigger, type Scene } from './scene.ts'
import { comesTrue, within } from './watch.ts'

/** What is done to a drill at its moment. The call that is held there is let go when `bring` is done. */
export interface Act {
  /** Returns what went wrong with it. */
  bring(scene: Scene): Promise<string[]>
  /** What goes on after the held call was let go; returns what is wrong with what was seen. */
  follow?(scene: Scene): Promise<string[]>
}

const AGAIN_MS = 200
const FROZEN_MS = 5000
/** Silence counts after 5 s, the undoing may take 5 s; the rest is for a busy machine. */
const WHOLE_WHILE_STOPPED_MS = 20_000
const DIES_MS = 20_000
/** How long a drill that is refused may take to say so, on a busy machine. */
const REFUSED_MS = 15_000

const signal =
  (name: NodeJS.Signals): Act['bring'] =>
  async ({ runner }) => {
    process.kill(runner.pid(), name)
    return []
  }

/** Makes the shim in the main thread act; its end is waited for, where it ends at once. */
const crash = (way: Ending, dies = false): Act => ({
  bring: async (scene) => {
    writeFileSync(trigger(scene, 'crash'), way)
    if (dies) await within('the death of the runner', DIES_MS, scene.runner.ended)
    // The shim looks fifty times a second.
    else await sleep(AGAIN_MS)
    return []
  },
})

const fillUp: Act = {
  bring: async ({ disk }) => {
    disk?.fill()
    return []
  },
}

/** The watchdog that keeps watch now, by the journal. */
export const watchdogOf = (scene: Scene) =>
  Number(
    scene
      .lines('journal')
      .filter(({ type }) => type === 'watchdog.started')
      .at(-1)?.['pid'] ?? 0,
  )

export const ACTS: Record<Ending, Act> = {
  INT: { bring: signal('SIGINT') },
  TERM: { bring: signal('SIGTERM') },
  HUP: { bring: signal('SIGHUP') },
  'INT twice': {
    bring: async (scene) => {
      process.kill(scene.runner.pid(), 'SIGINT')
      await sleep(AGAIN_MS)
      if (!scene.runner.hasEnded()) process.kill(scene.runner.pid(), 'SIGINT')
      return []
    },
  },
  KILL: {
    bring: async (scene) => {
      process.kill(scene.runner.pid(), 'SIGKILL')
      await scene.runner.ended
      return []
    },
  },
  'KILL of runner and watchdog': { bring: killBoth, follow: recoverTwice },
  'KILL of the watchdog': { bring: killWatchdog, follow: expectReplacement },
  'uncaught exception': crash('uncaught exception'),
  'unhandled rejection': crash('unhandled rejection'),
  'out of memory': crash('out of memory', true),
  'disk full for the journal': fillUp,
  'disk full for the record': fillUp,
  'stopped past the deadline': { bring: signal('SIGSTOP'), follow: wholeWhileStopped },
  'clock set back': {
    bring: async (scene) => {
      writeFileSync(trigger(scene, 'clock'), '')
      return []
    },
    follow: expectClockBack,
  },
  'Toxiproxy restarted empty': {
    bring: async ({ server, relay }) => {
      await Promise.all([server.kill(), relay.down()])
      await server.start()
      await relay.up()
      return []
    },
  },
  'Toxiproxy frozen and thawed': {
    bring: async ({ server }) => {
      server.freeze()
      return []
    },
    follow: async ({ server }) => {
      await sleep(FROZEN_MS)
      server.thaw()
      return []
    },
  },
  'parent terminal gone': {
    bring: async (scene) => {
      await scene.closeTerminal?.()
      return []
    },
  },
  'second drill meanwhile': { bring: secondDrill },
}

/** The watchdog first: it must not see that the runner has gone. */
async function killBoth(scene: Scene): Promise<string[]> {
  const watchdog = watchdogOf(scene)
  if (!lives(watchdog)) return ['there was no watchdog to kill']
  process.kill(watchdog, 'SIGKILL')
  process.kill(scene.runner.pid(), 'SIGKILL')
  await scene.runner.ended
  await comesTrue(() => !lives(watchdog), DIES_MS)
  return []
}

/** Nobody is left who could undo anything: what the run made is there until `recover` undoes it, and once is enough. */
async function recoverTwice(scene: Scene): Promise<string[]> {
  const problems: string[] = []
  const proxies = await proxiesOn(scene.server.url)
  if (!proxies.some(({ name }) => name === scene.primary()))
    problems.push('nothing was left to recover: somebody undid it before')
  for (const time of ['first', 'second']) {
    const { code, said } = await recover(scene)
    if (code !== 0) problems.push(`recover for the ${time} time ended with ${code}: ${said}`)
  }
  return problems
}

/** Runs `gameday recover` on the row's state. */
export const recover = ({ home, state }: Scene): Promise<Said> =>
  gameday(['recover'], { home, env: { GAMEDAY_STATE: state } })

async function killWatchdog(scene: Scene): Promise<string[]> {
  const watchdog = watchdogOf(scene)
  if (!lives(watchdog)) return ['there was no watchdog to kill']
  process.kill(watchdog, 'SIGKILL')
  await comesTrue(() => !lives(watchdog), DIES_MS)
  return []
}

async function expectReplacement(scene: Scene): Promise<string[]> {
  const journal = () => scene.lines('journal')
  const replaced = await comesTrue(() => {
    const lost = journal().findIndex(({ type }) => type === 'watchdog.lost')
    return (
      lost !== -1 && journal().findIndex(({ type }, at) => at > lost && type === 'watchdog.started') > lost
    )
  }, DIES_MS)
  if (!replaced) return ['the journal does not say that the watchdog was lost and another one started']
  const pids = journal().flatMap(({ type, pid }) => (type === 'watchdog.started' ? [pid] : []))
  return new Set(pids).size === pids.length
    ? []
    : [`the watchdog was “replaced” by itself: ${pids.join(', ')}`]
}

/** The fault has to go away while the runner cannot do anything about it. */
async function wholeWhileStopped(scene: Scene): Promise<string[]> {
  const pid = scene.runner.pid()
  const whole = await comesTrue(
    async () => !(await proxiesOn(scene.server.url)).some(({ name }) => name === scene.primary()),
    WHOLE_WHILE_STOPPED_MS,
  )
  const state = stateOf(pid)
  process.kill(pid, 'SIGCONT')
  return [
    ...(whole ? [] : [`still there ${WHOLE_WHILE_STOPPED_MS / 1000} s after the runner was stopped`]),
    ...(state === 'T' ? [] : [`the runner was not stopped meanwhile: ${state}`]),
  ]
}

const HALF_AN_HOUR_MS = 1_800_000

async function expectClockBack(scene: Scene): Promise<string[]> {
  await scene.runner.ended
  const walls = scene.lines('journal').map(({ at }) => Date.parse(at))
  return walls.some((wall, index) => wall < (walls[index - 1] ?? 0) - HALF_AN_HOUR_MS)
    ? []
    : ['the clock of the journal never went back']
}

/** It has to be refused quickly, by the name of the drill that is in the way, and to have touched nothing. */
async function secondDrill(scene: Scene): Promise<string[]> {
  const startMs = performance.now()
  let pid = 0
  const touched: Call[] = []
  const stop = scene.relay.onCall((call) => {
    if (call.method !== 'GET' && ownerAmong([pid], call.from, 'connected') !== null) touched.push(call)
  })
  const { code, said } = await gameday([...scene.args(scene.file('reports-of-the-second')), '--plain'], {
    home: scene.home,
    env: scene.env,
    onStart: (of) => (pid = of),
  })
  const tookMs = performance.now() - startMs
  stop()
  const run = /^gameday-(.+)-primary$/.exec(scene.primary() ?? '')?.[1] ?? 'none'
  return [
    ...(code === 3 ? [] : [`the second drill ended with ${code}, not 3: ${said}`]),
    ...(said.includes(run) ? [] : [`the second drill does not name the run ${run}: ${said}`]),
    ...(tookMs < REFUSED_MS ? [] : [`the second drill was only refused after ${Math.round(tookMs)} ms`]),
    ...touched.map(({ method, path }) => `the second drill did ${method} ${path}`),
  ]
}
