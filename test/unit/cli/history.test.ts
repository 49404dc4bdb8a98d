import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { program, ROOT } from '../../support/program.ts'

const run = async (args: string[], cwd: string) => program(['history', ...args], { cwd }).ended

/** A folder with a copy of the example as its only drill, in a folder of reports of that name. */
function place(reports: string): string {
  const cwd = mkdtempSync(join(tmpdir(), 'gameday-history-'))
  cpSync(join(ROOT, 'reports', 'example'), join(cwd, reports, '2026-11-20-friday-failover-gymxly'), {
    recursive: true,
  })
  return cwd
}

describe('gameday history', () => {
  it('shows the drills in reports, or in the folder that is named', async () => {
    const expected = {
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^2026-11-26 {2}friday-failover {2}held/m),
    }
    expect(await run([], place('reports'))).toMatchObject(expected)
    expect(await run(['--out', 'kept'], place('kept'))).toMatchObject(expected)
  })

  it('prints one JSON document and nothing else when asked for JSON', async () => {
    const { code, stdout } = await run(['--json'], place('reports'))
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      drills: [{ drill: 'friday-failover', verdict: 'held', attended: false }],
      lastHeld: [{ drill: 'friday-failover', daysAgo: null, unattendedSince: 1 }],
      retestsDue: [],
      unreadable: [],
    })
  })

  it('names what it cannot read and shows the rest', async () => {
    const cwd = place('reports')
    mkdirSync(join(cwd, 'reports', '2026-11-19-smoke-abc'))
    writeFileSync(join(cwd, 'reports', '2026-11-19-smoke-abc', 'result.json'), '{')
    const { code, stdout, stderr } = await run([], cwd)
    expect(code).toBe(0)
    expect(stderr).toMatch(/^gameday: cannot read reports\/2026-11-19-smoke-abc: /)
    expect(stdout).toContain('friday-failover')
  })

  it('says that there is no drill yet, and takes a folder that is not there for a mistake', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'gameday-history-'))
    expect(await run([], cwd)).toMatchObject({
      code: 0,
      stdout: 'No drill is in reports/ yet. Hold one: gameday run\n',
    })
    expect(await run(['--out', 'none'], cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no folder none'),
    })
  })
})
