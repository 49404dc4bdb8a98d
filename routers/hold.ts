import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from '../src/record/index.ts'
import { loadWasLate, sayLate, wasLate } from '../test/support/busy-machine.ts'
import { BIN, bareEnv, runFolder } from '../test/support/program.ts'
import { configure } from './configure.ts'
import { outcome } from './process.ts'
import type { Row } from './row.ts'
import { serveStage } from './stage.ts'
import { warmUp } from './warm-up.ts'

/** The two providers of a `gameday.yaml`; where left out, the defaults. */
type Providers = Record<'primary' | 'secondary', object>

export interface Held {
  result: Result
  /** Where the files of the run are, until `forget`. */
  folder: string
  forget: () => void
}

/**
 * Holds one drill with one router, as a user would: a stage in a process of its own, the router in front of it, and
 * `gameday run`. The embedded router is the run's own and needs neither. A run that says of itself that its load came
 * late is held again, at most twice.
 *
 * @throws Error with what the process said, if the stage or the router does not come up, or the drill does not begin
 */
export async function hold(row: Row, drill = 'your-router', providers?: Providers): Promise<Held> {
  for (let left = 2; ; left--) {
    const held = await holdOnce(row, drill, providers)
    if (left === 0 || !(loadWasLate(held.result) || wasLate(held.result.decidedBy))) return held
    held.forget()
    sayLate()
  }
}

async function holdOnce({ start }: Row, drill: string, providers?: Providers): Promise<Held> {
  const home = mkdtempSync(join(tmpdir(), 'gameday-router-'))
  // Its home is this folder, so that what is kept of the run names no place on this machine.
  const env = { ...bareEnv(), NO_COLOR: '1', HOME: home, GAMEDAY_STATE: join(home, 'state') }
  const forget = () => rmSync(home, { recursive: true, force: true })
  try {
    const run = start === null ? holdDrill(drill, home, env) : holdOnStage(start, drill, providers, home, env)
    return { ...(await run), forget }
  } catch (error) {
    forget()
    throw error
  }
}

async function holdOnStage(
  start: NonNullable<Row['start']>,
  drill: string,
  providers: Providers | undefined,
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<Omit<Held, 'forget'>> {
  const stage = await serveStage(home, providers, env)
  try {
    const router = await start(stage.place)
    try {
      configure(home, {
        providers,
        router: { kind: 'external', ...router.router },
        stage: { url: stage.url },
      })
      await warmUp(router)
      return await holdDrill(drill, home, { ...env, ...stage.env, ...router.env })
    } finally {
      await router.stop()
    }
  } finally {
    await stage.stop()
  }
}

/** Runs the drill by the real program. Verdicts of any kind are results; not to have begun is none. */
async function holdDrill(drill: string, home: string, env: NodeJS.ProcessEnv): Promise<Omit<Held, 'forget'>> {
  const reports = join(home, 'reports')
  const command = [process.execPath, BIN, 'run', drill, '--unattended', '--quiet', '--out', reports] as const
  const { code, said } = await outcome(command, { cwd: home, env })
  if (code === null || code === 2 || code === 70 || !existsSync(reports))
    throw new Error(`gameday run ended with ${code}\n${said}`)
  const folder = runFolder(reports)
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Result
  return { result, folder }
}
