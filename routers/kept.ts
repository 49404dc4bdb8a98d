import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../src/record/index.ts'
import type { Held } from './hold.ts'
import type { Row } from './row.ts'

/** What is kept of a run. Samples and attempts are not: half a megabyte for each router, and every number is made of them. */
const FILES = ['report.md', 'result.json', 'timeline.svg']

/** A router's last run, and what the run itself cannot know. */
export interface Kept {
  id: string
  router: string
  layout: string
  version: string
  result: Result
}

/** Keeps the run of a row in its folder, in the place of the one before. */
export function keep(reports: string, { id, router, layout }: Row, version: string, { folder }: Held): void {
  const kept = join(reports, id)
  mkdirSync(kept, { recursive: true })
  for (const file of FILES) copyFileSync(join(folder, file), join(kept, file))
  writeFileSync(join(kept, 'router.json'), `${JSON.stringify({ id, router, layout, version }, null, 2)}\n`)
}

/** Reads what is kept of the given rows, in their order; a row that was never held is left out. */
export function readKept(reports: string, rows: readonly Pick<Row, 'id'>[]): Kept[] {
  return rows.flatMap(({ id }) => {
    const file = (name: string) => JSON.parse(readFileSync(join(reports, id, name), 'utf8')) as unknown
    if (!existsSync(join(reports, id, 'router.json'))) return []
    return [{ ...(file('router.json') as Omit<Kept, 'result'>), result: file('result.json') as Result }]
  })
}
