import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '../base/index.ts'
import { unwritable } from '../record/index.ts'

/**
 * Writes a file so that whoever reads it sees the old one or the new one and never half of either: under another name
 * first, then renamed. Throws `RECORDS_UNWRITABLE` with what to do about it (disk full, no permission).
 */
export function writeWhole(dir: string, name: string, text: string): string {
  const path = join(dir, name)
  const draft = join(dir, `.${name}.${process.pid}.tmp`)
  try {
    writeFileSync(draft, text)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw unwritable(path, error, EXIT.usage)
  }
  return path
}
