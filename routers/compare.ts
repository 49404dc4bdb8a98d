import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '../src/base/index.ts'
import { hold } from './hold.ts'
import { ROOT } from './installed.ts'
import { keep, readKept } from './kept.ts'
import type { Row } from './row.ts'
import { ROWS, rowNamed } from './rows.ts'
import { comparisonTable, withTable } from './table.ts'

/**
 * `npm run compare [-- <row>...]`: drills the routers one after another, keeps what came of each in reports/routers/,
 * and writes the table of the README from all that is kept there. With `--table` it drills none.
 *
 * Ends with 1 if a router could not be drilled, or if a control did not end as it has to: then the others' figures are
 * not to be trusted either.
 */
const REPORTS = join(ROOT, 'reports', 'routers')
const README = join(ROOT, 'README.md')

const say = (text: string) => void process.stderr.write(`${text}\n`)

/** Holds one row and keeps it. Returns what is wrong, null if nothing. */
async function compare(row: Row): Promise<string | null> {
  try {
    const version = await row.prepare()
    say(`${row.id}: ${row.router} ${version}, ${row.layout}`)
    const held = await hold(row)
    try {
      const { verdict, decidedBy, findings } = held.result
      say(`${row.id}: ${verdict}: ${decidedBy}`)
      // What says nothing of the router is no row of a comparison, and never takes the place of one that does.
      if (verdict !== 'held' && verdict !== 'weak')
        return `${row.id} was not measured: ${verdict}: ${decidedBy}`
      if (row.control !== undefined && row.control !== verdict)
        return `${row.id} is a control and has to end ${row.control}, not ${verdict}: ${decidedBy}`
      if (findings.some(({ rule }) => rule === 'load-not-trusted'))
        return `${row.id} was not measured: the load came late; hold it again on an idle machine`
      keep(REPORTS, row, version, held)
      return null
    } finally {
      held.forget()
    }
  } catch (error) {
    return `${row.id} could not be drilled: ${messageOf(error)}`
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { table: { type: 'boolean', default: false } },
})
const rows = values.table ? [] : positionals.length === 0 ? ROWS : positionals.map(rowNamed)
const wrong: string[] = []
for (const row of rows) {
  const problem = await compare(row)
  if (problem === null) continue
  say(problem)
  wrong.push(problem)
}

const table = comparisonTable(readKept(REPORTS, ROWS), (id) => `reports/routers/${id}/report.md`)
writeFileSync(README, withTable(readFileSync(README, 'utf8'), table))
process.stdout.write(`${table}\n`)
if (wrong.length > 0) say(`\n${wrong.length} of ${rows.length} failed:\n${wrong.join('\n')}`)
process.exitCode = wrong.length === 0 ? 0 : 1
