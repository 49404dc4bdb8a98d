import { accessSync, constants, existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { EXIT, GamedayError } from '../base/index.ts'
import { unwritable } from '../record/index.ts'

/** Makes sure before anything is started that the run's folder is new and can be written to. */
export function claimFolder(dir: string): { release(): void } {
  if (existsSync(dir)) {
    throw new GamedayError(`the folder ${dir} exists already`, {
      code: 'RECORDS_EXIST',
      exitCode: EXIT.usage,
      hint: 'Records are never written over: name another folder with --out.',
    })
  }
  try {
    mkdirSync(dir, { recursive: true })
    accessSync(dir, constants.W_OK)
  } catch (error) {
    throw unwritable(dir, error, EXIT.usage)
  }
  return {
    release: () => {
      try {
        rmdirSync(dir)
      } catch {
        // Not empty any more: what is in it may be of use.
      }
    },
  }
}
