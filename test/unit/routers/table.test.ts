import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keep, readKept, type Kept } from '../../../routers/kept.ts'
import { ROWS, rowNamed } from '../../../routers/rows.ts'
import { comparisonTable, withTable } from '../../../routers/table.ts'
import { composeResult } from '../../../src/report/index.ts'
import { ROOT } from '../../support/program.ts'
import { fridayRecords } from '../../support/records.ts'

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const REPORTS = join(ROOT, 'reports', 'routers')
const linkTo = (id: string) => `reports/routers/${id}/report.md`

const ours: Omit<Kept, 'result'> = { id: 'ours', router: 'Ours', layout: 'two of them', version: '1.2.3' }
const table = (result: Kept['result']) => comparisonTable([{ ...ours, result }], linkTo).split('\n')

describe('the comparison of routers', () => {
  it('has a line for each fault, and names router, version and verdict in the first', () => {
    const [head, , first, second, ...rest] = table(composeResult(fridayRecords()))
    expect(rest).toEqual([])
    expect(head).toContain('failed requests')
    expect(first).toMatch(
      /^\| Ours: two of them \| 1\.2\.3 \| \[`held`\]\(reports\/routers\/ours\/report\.md\) \| revoke-key \| 0 of [\d,]+ \| [\d.]+ m?s \| [\d.]+ s \| \S+ m?s \| [\d.]+ s \|$/,
    )
    expect(second).toMatch(/^\| {2}\| {2}\| {2}\| latency \| 0 of /)
  })

  it('says of a clock that was not reached for how long it was waited for', () => {
    const loses = fridayRecords({ router: { neverFailsOver: () => true } })
    const [, , first] = table(composeResult(loses))
    expect(first).toMatch(
      /\| \[`weak`\]\S+ \| revoke-key \| [1-9][\d,]* of [\d,]+ \| ∞ \| not in [\d.]+ s \| not measured \|/,
    )
  })

  it('says of a fault that was never put in force that it was not held', () => {
    const result = composeResult(fridayRecords())
    const [, , , second] = table({
      ...result,
      faults: result.faults.map((fault, nth) => (nth === 1 ? { ...fault, skipped: 'not home' } : fault)),
    })
    expect(second).toContain('| latency | not held |')
  })

  it('is empty where nothing was ever held', () => {
    expect(comparisonTable([], linkTo)).toBe('')
  })

  it('goes between its marks, in the place of the one before', () => {
    const once = withTable(README, '| a |')
    expect(once).toContain('begin -->\n\n| a |\n\n<!--')
    expect(withTable(withTable(README, '| a |'), '| b |')).toBe(once.replace('| a |', '| b |'))
    expect(() => withTable('# A page', '| a |')).toThrow('no place for the table')
  })

  it('in the README is made of the reports that are kept, by npm run compare', () => {
    expect(withTable(README, comparisonTable(readKept(REPORTS, ROWS), linkTo))).toBe(README)
  })
})

describe('what is kept of a drilled router', () => {
  it('is its report, its result and its chart, and who it was; the run after it takes its place', () => {
    const [reports, run] = [folder(), folder()]
    const result = composeResult(fridayRecords())
    writeFileSync(join(run, 'result.json'), JSON.stringify(result))
    for (const file of ['report.md', 'timeline.svg', 'samples.ndjson']) writeFileSync(join(run, file), file)
    const held = { result, folder: run, forget: () => undefined }
    for (const version of ['1', '2']) keep(reports, rowNamed('no-router'), version, held)
    expect(readKept(reports, ROWS)).toMatchObject([
      { id: 'no-router', version: '2', result: { verdict: 'held' } },
    ])
    expect(() => readFileSync(join(reports, 'no-router', 'samples.ndjson'))).toThrow('ENOENT')
  })
})

describe('the routers', () => {
  it('have a control on either side, or their figures would prove nothing', () => {
    expect(ROWS.flatMap(({ control = [] }) => control).toSorted()).toEqual(['held', 'weak'])
  })

  it('are named where one is asked for that is not there', () => {
    expect(() => rowNamed('litellm')).toThrow('no router litellm; there are embedded, litellm-ordered')
  })
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gameday-kept-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}
