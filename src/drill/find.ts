import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { GamedayError, nearestWord, systemCode } from '../base/index.ts'

const ENDINGS = ['.yaml', '.yml']

/** A drill that could be run, by its name. */
export interface DrillEntry {
  name: string
  file: string
}

/**
 * Finds the file of a drill. What holds a slash or ends in `.yaml` is a path; anything else is a name, looked up in the
 * folders in their order.
 *
 * @throws GamedayError `DRILL_UNKNOWN`, naming the drills that there are
 */
export async function findDrill(nameOrPath: string, folders: readonly string[]): Promise<string> {
  if (/[/\\]/.test(nameOrPath) || ENDINGS.includes(extname(nameOrPath))) return nameOrPath
  for (const folder of folders) {
    for (const ending of ENDINGS) {
      const file = join(folder, `${nameOrPath}${ending}`)
      if (await exists(file)) return file
    }
  }
  const names = (await listDrills(folders)).map(({ name }) => name)
  const near = nearestWord(nameOrPath, names)
  throw new GamedayError(`there is no drill called "${nameOrPath}"`, {
    code: 'DRILL_UNKNOWN',
    hint: [
      ...(near === null ? [] : [`Did you mean "${near}"?`]),
      names.length === 0
        ? `No drills were found in ${folders.join(', ')}.`
        : `There are: ${names.join(', ')}.`,
      'A path must hold a slash or end in .yaml.',
    ].join(' '),
  })
}

/** Lists the drills of the folders, valid or not; a name that an earlier folder has hides a later one's. */
export async function listDrills(folders: readonly string[]): Promise<DrillEntry[]> {
  const entries = new Map<string, DrillEntry>()
  for (const folder of folders) {
    for (const fileName of await namesIn(folder)) {
      const name = basename(fileName, extname(fileName))
      const file = join(folder, fileName)
      if (!entries.has(name) && (await looksLikeDrill(file))) entries.set(name, { name, file })
    }
  }
  return [...entries.values()]
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => ENDINGS.includes(extname(name))).toSorted()
  } catch (error) {
    // Most people have no drills/ of their own.
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return []
    throw new GamedayError(`the folder ${folder} cannot be read`, { code: 'DRILL_UNREADABLE', cause: error })
  }
}

/** Other files live there too, such as prompts; only a drill has an agenda. */
async function looksLikeDrill(file: string): Promise<boolean> {
  try {
    return /^agenda\s*:/m.test(await readFile(file, 'utf8'))
  } catch {
    return false
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch {
    return false
  }
}
