import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'

/** Writes the `gameday.yaml` of a folder. */
export function configure(folder: string, config: object): void {
  writeFileSync(join(folder, 'gameday.yaml'), stringify({ version: 1, ...config }))
}
