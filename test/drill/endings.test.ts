import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecords, undoPlanSchema, type Result } from '../../src/record/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { program, ROOT, RUN_FILES, runFolder } from '../support/program.ts'

const QUICK = join(ROOT, 'test', 'fixtures', 'drills', 'quick.yaml')
const SHIMS = join(ROOT, 'test', 'support', 'shims')
/** Whether the system tells what was in a process's environment when it was started. */
const CAN_TELL = existsSync('/proc/self/environ')
const quick = (...more: string[]) => ['run', QUICK, '--unattended', '--plain', '--out', 'reports', ...more]

/** The servers of a run that is under way: router and Toxiproxy by its journal, the gate by its rollback record. */
function serversOf(home: string): string[] {
  const { journal } = readRecords(runFolder(join(home, 'reports')))
  const started = journal.find((entry) => entry.type === 'run.started')
  if (started === undefined) throw new Error('the journal does not begin with run.started')
  const { router, toxiproxy } = started.environment
  const state = join(home, 'state', 'rollback')
  const gates = readdirSync(state)
    .filter((name) => name.endsWith('.json'))
    .map((name) => undoPlanSchema.parse(JSON.parse(readFileSync(join(state, name), 'utf8'))).change.url)
  return [router.url, toxiproxy.url, ...gates]
}

/** Whether somebody listens at the host and port of a URL. */
function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** Processes that were started with this run's state folder in their environment, where the system can tell. */
function processesOf(home: string): string[] {
  if (!CAN_TELL) return []
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(join(home, 'state'))
    } catch {
      return false // It has ended, or is another user's.
    }
  })
}

// Every other signal, and every other moment: see the matrix. There Toxiproxy is somebody's, here it is the run's own.
describe.concurrent('a drill that is told to end while the fault is in force', () => {
  it(
    'by INT twice restores, proves it, takes all of its own down, and exits 130',
    unlessLate(async () => {
      const run = program(quick())
      await run.seen('fault     in force')
      const servers = serversOf(run.home)
      expect((await Promise.all(servers.map(listens))).every(Boolean), servers.join(', ')).toBe(true)
      // The runner and its watchdog.
      expect(processesOf(run.home)).toHaveLength(CAN_TELL ? 2 : 0)
      for (const signal of ['SIGINT', 'SIGINT'] as const) run.child.kill(signal)
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
      expect((await Promise.all(servers.map(listens))).some(Boolean), servers.join(', ')).toBe(false)
      expect(processesOf(run.home)).toEqual([])
    }),
  )
})

describe.concurrent('a drill whose reader goes away while the fault is in force', () => {
  it.each([
    { name: 'reads lines', flags: ['--plain'], mark: 'fault     in force' },
    { name: 'reads JSON', flags: ['--json'], mark: '"type":"fault.in-force"' },
  ])(
    'and $name, ends by itself, restored and with a whole report',
    unlessLate(async ({ flags, mark }) => {
      const run = program(['run', QUICK, '--unattended', '--out', 'reports', ...flags])
      await run.seen(mark)
      run.child.stdout?.destroy()
      run.child.stderr?.destroy()
      const { code, signal } = await run.ended
      const dir = runFolder(join(run.home, 'reports'))
      const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as Result
      expect({ code, signal, verdict: result.verdict }, result.decidedBy).toMatchObject({
        code: 0,
        signal: null,
        verdict: 'held',
      })
      expect(readRecords(dir).journal.at(-1)).toMatchObject({ type: 'run.ended', reason: 'agenda' })
      expect(readdirSync(dir).toSorted()).toEqual(RUN_FILES)
      expect(readdirSync(join(run.home, 'state', 'rollback'))).toEqual([])
      expect(processesOf(run.home)).toEqual([])
    }),
  )
})

describe.concurrent('a drill whose disk fills up', () => {
  it(
    'while samples are written stops, restores what it broke, and says so',
    unlessLate(async () => {
      const full = join(mkdtempSync(join(tmpdir(), 'gameday-full-')), 'now')
      const run = program(quick(), {
        env: {
          NODE_OPTIONS: `--import ${join(SHIMS, 'disk-full.mjs')}`,
          GAMEDAY_TEST_DISK_FULL: 'samples.ndjson',
          GAMEDAY_TEST_DISK_FULL_WHEN: full,
        },
      })
      await run.seen('fault     in force')
      writeFileSync(full, '')
      const { code, stderr } = await run.ended
      expect(stderr).toMatch(/cannot write .*samples\.ndjson: ENOSPC/)
      expect(stderr).toMatch(/Free some space/)
      expect(stderr).toMatch(/everything it broke is restored and proven/)
      expect({ code, records: readdirSync(join(run.home, 'state', 'rollback')) }).toEqual({
        code: 4,
        records: [],
      })
    }),
  )
})

describe('a drill that can write nothing to its state folder', () => {
  it.each([
    { file: '-s0.json.draft', says: /cannot write the rollback record .*: ENOSPC.*\n.*GAMEDAY_STATE/ },
    { file: '.json.draft', says: /cannot show in .* that this run lives: ENOSPC.*\n.*GAMEDAY_STATE/ },
  ])('such as $file, changes nothing, leaves no folder, and is not ready', async ({ file, says }) => {
    const run = program(quick(), {
      env: {
        NODE_OPTIONS: `--import ${join(SHIMS, 'disk-full.mjs')}`,
        GAMEDAY_TEST_DISK_FULL: file,
      },
    })
    const { code, stderr } = await run.ended
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringMatching(says) })
    expect(readdirSync(join(run.home, 'reports'))).toEqual([])
    expect(processesOf(run.home)).toEqual([])
  })
})
