import { GamedayError, messageOf } from '../base/index.ts'
import { listDrills, loadDrill, type Drill } from '../drill/index.ts'
import type { Io } from './io.ts'
import { drillFolders, OVERRIDES } from './setup.ts'

/** Reads all drills that can be found by name. Those that cannot be read are named on stderr and left out. */
export async function knownDrills(io: Io): Promise<{ name: string; drill: Drill }[]> {
  const folders = drillFolders(io)
  const drills = []
  for (const { name, file } of await listDrills(folders)) {
    try {
      drills.push({ name, drill: await loadDrill(file, { folders, overrides: OVERRIDES }) })
    } catch (error) {
      if (!(error instanceof GamedayError)) throw error
      io.stderr.write(`gameday: left out: ${messageOf(error).replaceAll('\n', '\n  ')}\n`)
    }
  }
  return drills
}
