import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The path of a log that is not there yet, in a folder that goes when the test does. */
export function newLogPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'state', 'requests.db')
}
