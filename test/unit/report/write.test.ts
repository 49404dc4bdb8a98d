import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resultSchema } from '../../../src/record/index.ts'
import { composeResult, writeReport } from '../../../src/report/index.ts'
import { fridayRecords } from '../../support/records.ts'

const records = fridayRecords({ scale: 0.4, perSecond: 20, claim: 'behaviour' })
const result = composeResult(records)
let dir: string
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'gameday-write-'))))
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Only here is there a file that is always full. */
const CAN_FILL = existsSync('/dev/full')
if (!CAN_FILL) process.stderr.write('SKIPPED: no full disk can be had for a report: there is no /dev/full\n')

describe('writing a report', () => {
  it('leaves four whole files and nothing else', async () => {
    const { reportPath } = await writeReport({ dir, result, records })
    expect(reportPath).toBe(join(dir, 'report.md'))
    expect(readdirSync(dir).sort()).toEqual(['junit.xml', 'report.md', 'result.json', 'timeline.svg'])
    expect(resultSchema.parse(JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')))).toEqual(result)
    expect(readFileSync(reportPath, 'utf8')).toContain('![timeline](timeline.svg)')
  })

  it('writes over an older report', async () => {
    await writeReport({ dir, result, records })
    const first = readFileSync(join(dir, 'report.md'), 'utf8')
    await writeReport({ dir, result: { ...result, drill: { ...result.drill, title: 'Another' } }, records })
    expect(readFileSync(join(dir, 'report.md'), 'utf8')).not.toBe(first)
  })

  it('says plainly that the folder is not there', async () => {
    await expect(writeReport({ dir: join(dir, 'none'), result, records })).rejects.toMatchObject({
      code: 'RECORDS_UNWRITABLE',
      message: expect.stringContaining('result.json'),
    })
  })

  it('leaves no draft behind when a file cannot be put in its place', async () => {
    mkdirSync(join(dir, 'junit.xml', 'in-the-way'), { recursive: true })
    await expect(writeReport({ dir, result, records })).rejects.toMatchObject({ code: 'RECORDS_UNWRITABLE' })
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.skipIf(!CAN_FILL)('says what to do about a full disk', async () => {
    symlinkSync('/dev/full', join(dir, `.result.json.${process.pid}.tmp`))
    await expect(writeReport({ dir, result, records })).rejects.toMatchObject({
      code: 'RECORDS_UNWRITABLE',
      hint: expect.stringContaining('Free some space'),
    })
    expect(readdirSync(dir)).toEqual([])
  })

  it('has the other files written when a template is broken', async () => {
    await expect(
      writeReport({ dir, result, records, template: join(dir, 'none.hbs') }),
    ).rejects.toMatchObject({ code: 'TEMPLATE_UNREADABLE' })
    expect(readdirSync(dir).sort()).toEqual(['junit.xml', 'result.json', 'timeline.svg'])
  })
})
