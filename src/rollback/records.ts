import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { EXIT, GamedayError, messageOf } from '../base/index.ts'
import { undoPlanSchema, type UndoPlan } from '../record/index.ts'

/** Undo plans on disk: each is written before its change is made and removed when its undoing is proven. */
export interface RollbackRecords {
  /** Writes the plan, forces it to the disk, and returns its path. Throws `ROLLBACK_RECORD_UNWRITABLE`. */
  write(plan: UndoPlan): string
  remove(plan: UndoPlan): void
  /** All plans that are on disk, of all runs, and the files that hold none. */
  all(): { plans: UndoPlan[]; unreadable: { path: string; reason: string }[] }
  /** Puts a record aside, so that it stands in nobody's way and is not lost. Returns where it is now; null if there is none of that id. */
  forget(id: string): string | null
  pathOf(id: string): string
}

/** Keeps the undo plans in `rollback/` under the state folder, readable by their owner alone. */
export function rollbackRecords(stateFolder: string): RollbackRecords {
  const folder = join(stateFolder, 'rollback')
  const pathOf = (id: string) => join(folder, `${id}.json`)
  return {
    pathOf,
    write: (plan) => {
      const path = pathOf(plan.id)
      try {
        const made = mkdirSync(folder, { recursive: true, mode: 0o700 })
        writeDurably(path, `${JSON.stringify(plan, null, 2)}\n`)
        syncFolder(folder)
        // A folder that is new is as durable as the one that it lies in.
        if (made !== undefined)
          for (let at = folder; at !== dirname(made); at = dirname(at)) syncFolder(dirname(at))
      } catch (error) {
        throw new GamedayError(
          `cannot write the rollback record ${path}: ${messageOf(error)}; without it nothing is broken`,
          {
            code: 'ROLLBACK_RECORD_UNWRITABLE',
            exitCode: EXIT.notReady,
            hint: 'Make the folder writable, or name another one in the environment variable GAMEDAY_STATE.',
            cause: error,
          },
        )
      }
      return path
    },
    remove: ({ id }) => {
      if (!existsSync(folder)) return
      rmSync(pathOf(id), { force: true })
      syncFolder(folder)
    },
    all: () => {
      const plans: UndoPlan[] = []
      const unreadable: { path: string; reason: string }[] = []
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        // A draft was never renamed: its change was not made.
        if (!name.endsWith('.json')) continue
        const path = join(folder, name)
        try {
          plans.push(undoPlanSchema.parse(JSON.parse(readFileSync(path, 'utf8'))))
        } catch (error) {
          // Gone since the folder was listed: somebody has just proven it undone.
          if (existsSync(path)) unreadable.push({ path, reason: messageOf(error) })
        }
      }
      return { plans, unreadable }
    },
    forget: (id) => {
      if (!existsSync(pathOf(id))) return null
      const aside = join(folder, 'forgotten', `${id}.json`)
      mkdirSync(join(folder, 'forgotten'), { recursive: true, mode: 0o700 })
      renameSync(pathOf(id), aside)
      syncFolder(folder)
      return aside
    },
  }
}

function writeDurably(path: string, text: string): void {
  const draft = `${path}.draft`
  try {
    const fd = openSync(draft, 'w', 0o600)
    try {
      const bytes = Buffer.from(text)
      // A full disk may take a part, and say so only when it is given the rest.
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(draft, path)
  } catch (error) {
    // Half a record is of no use, and it may hold half a token.
    rmSync(draft, { force: true })
    throw error
  }
}

/** A renamed or removed file is only durable once its folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
