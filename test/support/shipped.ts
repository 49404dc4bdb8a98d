import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT } from './program.ts'

/** Names of the drills that gameday ships. */
export const SHIPPED = readdirSync(join(ROOT, 'drills'))
  .filter((file) => file.endsWith('.yaml') && file !== 'prompts.yaml')
  .map((file) => basename(file, '.yaml'))
