import { dirname, relative } from 'node:path'
import { EXIT, GamedayError } from '../base/index.ts'
import { applyOverrides, setAside, type Config } from '../config/index.ts'
import { listDrills, loadDrill, scaleAgenda, setAsideInWords } from '../drill/index.ts'
import { refuseRouterKilled } from './foreign-router.ts'
import type { Io } from './io.ts'
import { printError } from './print-error.ts'
import { drillFolders, OVERRIDES, readConfig, readPrompts, SHIPPED_DRILLS } from './setup.ts'
import { checkTenants } from './tenants.ts'
import { tooFewRequests } from './too-few.ts'

/** Checks the configuration and every drill named, or all that can be found; reports all of them, not the first. */
export async function validate(names: string[], flags: { config?: string }, io: Io): Promise<number> {
  const folders = drillFolders(io)
  let config: Config | null = null
  let worst: number = EXIT.ok
  const attempt = async (check: () => Promise<void>) => {
    try {
      await check()
    } catch (error) {
      if (!(error instanceof GamedayError)) throw error
      worst = Math.max(worst, printError(error, io))
    }
  }

  await attempt(async () => {
    config = await readConfig(flags, io)
    io.stdout.write(`ok  ${flags.config ?? 'gameday.yaml, or its defaults where there is none'}\n`)
  })
  const drills = names.length > 0 ? names : (await listDrills(folders)).map(({ file }) => file)
  for (const name of drills) {
    await attempt(async () => {
      const drill = await loadDrill(name, { folders, overrides: OVERRIDES })
      const misfit = refusalOf(() => {
        if (config === null) return
        refuseRouterKilled(config, drill)
        applyOverrides(config, drill)
      })
      if (misfit !== null) {
        // Not every drill that is shipped is for a router of one's own: nobody asked for it, and nothing is wrong with it.
        if (names.length > 0 || dirname(drill.file) !== SHIPPED_DRILLS) throw misfit
        io.stdout.write(`--  ${fromHere(drill.file, io)}: not for this configuration\n`)
        return
      }
      const prompts = await readPrompts(drill)
      checkTenants(drill, prompts)
      const aside = config === null ? '' : setAsideInWords(setAside(config, drill))
      io.stdout.write(`ok  ${fromHere(drill.file, io)}${aside === '' ? '' : `: ${aside}`}\n`)
      const load = { perSecond: drill.load.rate, prompts }
      for (const warning of tooFewRequests(drill, scaleAgenda(drill), load))
        io.stderr.write(`gameday: ${warning}`)
    })
  }
  return worst
}

/** What a check throws; null where it is content. */
function refusalOf(check: () => void): GamedayError | null {
  try {
    check()
    return null
  } catch (error) {
    if (error instanceof GamedayError) return error
    throw error
  }
}

/** The path as one would type it here; as it is where it lies elsewhere. */
function fromHere(file: string, { cwd }: Pick<Io, 'cwd'>): string {
  const path = relative(cwd, file)
  return path.startsWith('..') ? file : path
}
