import { EXIT, GamedayError, type Clock, type Random } from '../base/index.ts'
import { livingRuns, showLife, type LifeSign, type LivingRun } from './living.ts'

/** How often two that start at the same moment step back for each other. */
const TRIES = 20
const STEP_BACK_MS = { least: 20, most: 120 }

export interface ClaimOptions {
  stateFolder: string
  facts: Omit<LivingRun, 'socket' | 'holds'>
  clock: Clock
  random: Random
}

/**
 * Claims the run's target for as long as its process lives: one drill at a time on one target, for two would take each
 * other's faults for the system's. Each says first that it is there and looks second, so that of two that start
 * together at least one sees the other; it steps back, and tries again. Throws `TARGET_TAKEN`.
 */
export async function claimTarget({ stateFolder, facts, clock, random }: ClaimOptions): Promise<LifeSign> {
  for (let tries = 0; ; tries++) {
    const life = await showLife(stateFolder, facts, tries === 0 ? facts.run : `${facts.run}.${tries}`)
    const rival = await rivalOf(stateFolder, facts)
    if (rival === null) {
      life.say({ holds: true })
      return life
    }
    await life.end()
    if (rival.holds || tries === TRIES) throw taken(rival)
    await clock.sleep(STEP_BACK_MS.least + random() * (STEP_BACK_MS.most - STEP_BACK_MS.least))
  }
}

async function rivalOf(
  stateFolder: string,
  { run, target }: ClaimOptions['facts'],
): Promise<LivingRun | null> {
  if (target === null) return null
  const rivals = (await livingRuns(stateFolder)).filter(
    (other) => other.run !== run && other.target === target,
  )
  return rivals.find(({ holds }) => holds) ?? rivals[0] ?? null
}

function taken({ target, drill, run, pid, startedAt }: LivingRun): GamedayError {
  return new GamedayError(
    `the drill ${drill} (run ${run}, process ${pid}) has been running on ${target ?? 'this target'} since ${startedAt}`,
    {
      code: 'TARGET_TAKEN',
      exitCode: EXIT.notReady,
      hint: 'One drill at a time on one target: wait until it has ended, or end it with Ctrl-C where it runs.',
    },
  )
}

/** The name of a server by which two runs know that they mean the same one. */
export function targetOf(url: string): string {
  const { protocol, hostname, port } = new URL(url)
  const host = ['localhost', '127.0.0.1', '[::1]'].includes(hostname) ? '127.0.0.1' : hostname
  return `${protocol}//${host}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
}
