import { linkSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GamedayError, messageOf } from '../../base/index.ts'

/** Texts by the path of their file, relative to the folder. */
export type Files = ReadonlyMap<string, string>

/** Throws `FILES_EXIST` naming those of the files that are there already, unless they may be replaced. */
export function refuseToReplace(dir: string, names: readonly string[], force: boolean): void {
  const there = names.filter((name) => isThere(join(dir, name)))
  if (there.length === 0 || force) return
  throw new GamedayError(`already here: ${there.join(', ')}`, {
    code: 'FILES_EXIST',
    hint: 'Nothing was written. Move what you want to keep, or add --force, which replaces them.',
  })
}

/**
 * Writes files so that each is whole or not there. All of them lie ready under other names before the first takes its
 * place, so that a full disk or a folder that may not be written leaves everything as it was.
 *
 * @throws GamedayError `FILES_EXIST` if somebody else made one of them meanwhile, `FILE_UNWRITABLE`
 */
export function writeFiles(dir: string, files: Files, force: boolean): void {
  const ready: { path: string; draft: string }[] = []
  const placed: string[] = []
  try {
    for (const [name, text] of files) {
      const path = join(dir, name)
      const draft = `${path}.${process.pid}.tmp`
      attempt(path, () => {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(draft, text, { flag: 'wx' })
      })
      ready.push({ path, draft })
    }
    for (const { path, draft } of ready) {
      // A link never replaces, whoever was quicker; a renamed file does.
      attempt(path, () => (force ? renameSync(draft, path) : linkSync(draft, path)))
      placed.push(path)
    }
  } catch (error) {
    if (!force) for (const path of placed) rmSync(path)
    refuseToReplace(dir, [...files.keys()], force)
    throw error
  } finally {
    for (const { draft } of ready) rmSync(draft, { force: true })
  }
}

/** What cannot even be looked at is told when it cannot be written. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function attempt(path: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    throw new GamedayError(`cannot write ${path}: ${messageOf(error)}`, {
      code: 'FILE_UNWRITABLE',
      hint: 'Run it in a folder that you may write to, and that has room.',
      cause: error,
    })
  }
}
