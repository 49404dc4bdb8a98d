import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { EXIT, GamedayError } from '../base/index.ts'
import { readHistory } from '../report/index.ts'

/** What names the run that was started last. */
const LATEST = 'latest'
/** How many runs an error names. */
const SHOWN = 5

/**
 * Finds the folder of a past run: by its path, by its id, by its folder's name or the beginning of either, or as
 * `latest`. `reports` is the folder in which runs are looked for.
 *
 * Throws `RUN_UNKNOWN` where there is none, and `RUN_AMBIGUOUS` where there are several.
 */
export function findRun(name: string, reports: string): string {
  if (existsSync(join(name, 'result.json')) || existsSync(join(name, 'journal.ndjson'))) return name
  const { drills, unreadable } = readHistory(reports)
  if (name === LATEST) {
    const last = drills.at(-1)
    if (last !== undefined) return last.folder
  }
  const folders = [...drills.map(({ folder }) => folder), ...unreadable.map(({ folder }) => folder)]
  const found = folders.filter((folder) => isMeant(name, folder))
  const exact = found.filter((folder) => [basename(folder), idOf(folder)].includes(name))
  const [only, ...more] = exact.length > 0 ? exact : found
  if (only === undefined)
    throw new GamedayError(`there is no run ${name} in ${reports}/, nor a folder of one by that path`, {
      code: 'RUN_UNKNOWN',
      exitCode: EXIT.usage,
      hint:
        folders.length === 0
          ? 'Name the folder of a run, or the folder of its reports with --out.'
          : `Write ${LATEST}, or the id at the end of one of these: ${folders
              .slice(-SHOWN)
              .map((folder) => basename(folder))
              .join(', ')}.`,
    })
  if (more.length > 0)
    throw new GamedayError(`${name} names ${more.length + 1} runs`, {
      code: 'RUN_AMBIGUOUS',
      exitCode: EXIT.usage,
      hint: `Name one of them: ${[only, ...more].map((folder) => basename(folder)).join(', ')}.`,
    })
  return only
}

const isMeant = (name: string, folder: string) =>
  name !== '' && (basename(folder).startsWith(name) || idOf(folder).startsWith(name))

/** A run's folder ends with its id. */
const idOf = (folder: string) => basename(folder).split('-').at(-1) ?? ''
