import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecords } from '../../src/record/index.ts'
import { program, ROOT, runFolder } from '../support/program.ts'

const QUICK = join(ROOT, 'test', 'fixtures', 'drills', 'quick.yaml')
const SHIMS = join(ROOT, 'test', 'support', 'shims')
const quick = (...more: string[]) => ['run', QUICK, '--unattended', '--plain', '--out', 'reports', ...more]

/** Whether any process still belongs to the group or tree of the one that ended. */
function alive(pid: number | undefined): boolean {
  return pid !== undefined && existsSync(`/proc/${pid}`)
}

describe.concurrent('a drill that is told to end while the fault is in force', () => {
  it.each([
    { name: 'by INT', signals: ['SIGINT'] },
    { name: 'by INT twice', signals: ['SIGINT', 'SIGINT'] },
    { name: 'by TERM', signals: ['SIGTERM'] },
    { name: 'by HUP', signals: ['SIGHUP'] },
  ] as { name: string; signals: NodeJS.Signals[] }[])(
    '$name restores, proves it, and exits 130',
    async ({ signals }) => {
      const run = program(quick())
      await run.seen('in force')
      for (const signal of signals) run.child.kill(signal)
      const { code, stderr } = await run.ended
      const { journal } = readRecords(runFolder(join(run.home, 'reports')))
      expect(journal.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['abort', 'fault.reverting', 'fault.reverted', 'fault.gone', 'run.ended']),
      )
      expect({ code, records: readdirSync(join(run.home, 'state', 'rollback')) }).toEqual({
        code: 130,
        records: [],
      })
      expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
      expect(alive(run.child.pid)).toBe(false)
    },
  )
})

describe.concurrent('a drill whose disk fills up', () => {
  it('while samples are written stops, restores what it broke, and says so', async () => {
    const full = join(mkdtempSync(join(tmpdir(), 'gameday-full-')), 'now')
    const run = program(quick(), {
      env: {
        NODE_OPTIONS: `--import ${join(SHIMS, 'disk-full.mjs')}`,
        GAMEDAY_TEST_DISK_FULL: 'samples.ndjson',
        GAMEDAY_TEST_DISK_FULL_WHEN: full,
      },
    })
    await run.seen('in force')
    writeFileSync(full, '')
    const { code, stderr } = await run.ended
    expect(stderr).toMatch(/cannot write .*samples\.ndjson: ENOSPC/)
    expect(stderr).toMatch(/Free some space/)
    expect(stderr).toMatch(/everything it broke is restored and proven/)
    expect({ code, records: readdirSync(join(run.home, 'state', 'rollback')) }).toEqual({
      code: 4,
      records: [],
    })
  })

  it('while the rollback record is written breaks nothing and is not ready', async () => {
    const run = program(quick(), {
      env: {
        NODE_OPTIONS: `--import ${join(SHIMS, 'disk-full.mjs')}`,
        GAMEDAY_TEST_DISK_FULL: '.json.draft',
      },
    })
    const { code } = await run.ended
    const { journal } = readRecords(runFolder(join(run.home, 'reports')))
    expect(code).toBe(3)
    expect(journal.some(({ type }) => type === 'fault.requested')).toBe(false)
    expect(journal.find(({ type }) => type === 'error')).toMatchObject({ code: 'ROLLBACK_RECORD_UNWRITABLE' })
  })
})

describe.concurrent('a drill in which the wall clock is set back by an hour', () => {
  it('holds, with durations from the monotonic clock', async () => {
    const run = program(quick(), {
      env: {
        NODE_OPTIONS: `--import ${join(SHIMS, 'clock-back.mjs')}`,
        GAMEDAY_TEST_CLOCK_BACK_AFTER: '6000',
      },
    })
    const { code } = await run.ended
    const dir = runFolder(join(run.home, 'reports'))
    const { journal } = readRecords(dir)
    const walls = journal.map(({ at }) => Date.parse(at))
    expect(walls.some((wall, index) => index > 0 && wall < walls[index - 1]! - 3_000_000)).toBe(true)
    expect(code).toBe(0)
    expect(JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8'))).toMatchObject({ verdict: 'held' })
  })
})
