import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, GamedayError, messageOf } from '../base/index.ts'
import type { UndoPlan } from '../record/index.ts'

/** Undo plans on disk: each is written before its change is made and removed when its undoing is proven. */
export interface RollbackRecords {
  /** Writes the plan, forces it to the disk, and returns its path. Throws `ROLLBACK_RECORD_UNWRITABLE`. */
  write(plan: UndoPlan): string
  remove(plan: UndoPlan): void
}

/** Keeps the undo plans in `rollback/` under the state folder, readable by their owner alone. */
export function rollbackRecords(stateFolder: string): RollbackRecords {
  const folder = join(stateFolder, 'rollback')
  const pathOf = (plan: UndoPlan) => join(folder, `${plan.id}.json`)
  return {
    write: (plan) => {
      const path = pathOf(plan)
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        writeDurably(path, `${JSON.stringify(plan, null, 2)}\n`)
        syncFolder(folder)
      } catch (error) {
        throw new GamedayError(
          `cannot write the rollback record ${path}: ${messageOf(error)}; so nothing was broken`,
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
    remove: (plan) => {
      rmSync(pathOf(plan), { force: true })
      syncFolder(folder)
    },
  }
}

function writeDurably(path: string, text: string): void {
  const draft = `${path}.draft`
  try {
    const fd = openSync(draft, 'w', 0o600)
    try {
      writeSync(fd, text)
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
