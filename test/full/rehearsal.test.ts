import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Result } from '../../src/record/index.ts'
import { readRecords } from '../../src/record/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { expectAgreement } from '../support/oracle.ts'
import { ROOT } from '../support/program.ts'

const reports = join(ROOT, 'reports')
const folders = () => new Set(existsSync(reports) ? readdirSync(reports) : [])

describe('npm run rehearsal', () => {
  it(
    'holds, with at least 1,200 requests in every outage, and leaves a report',
    unlessLate(async () => {
      const before = folders()
      const { status, stdout, stderr } = spawnSync('npm', ['run', 'rehearsal'], {
        cwd: ROOT,
        encoding: 'utf8',
      })
      const made = [...folders()].filter((name) => !before.has(name))
      expect({ status, made: made.length }, stdout + stderr.slice(-2000)).toEqual({ status: 0, made: 1 })
      const dir = join(reports, made[0]!)
      const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as Result
      expect(result.verdict).toBe('held')
      expect(result.findings).toEqual([])
      for (const { objectives, kind } of result.faults) {
        for (const { id, n, verdict } of objectives) {
          expect(n, `${kind} ${id}`).toBeGreaterThanOrEqual(1200)
          expect(verdict, `${kind} ${id}`).toBe('met')
        }
      }
      expectAgreement(readRecords(dir), result)
      rmSync(dir, { recursive: true })
    }),
  )

  it('needs no more than git clone and npm ci: its drill and prompts are shipped', () => {
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: ROOT,
        encoding: 'utf8',
      }),
    ) as { files: { path: string }[] }[]
    const paths = packed[0]!.files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'bin/gameday.js',
        'dist/cli/main.js',
        'drills/friday-failover.yaml',
        'drills/prompts.yaml',
        'drills/smoke.yaml',
        'schemas/drill.schema.json',
        'templates/report.md.hbs',
      ]),
    )
  })
})
