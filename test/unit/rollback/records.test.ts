import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { undoPlanSchema, type UndoPlan } from '../../../src/record/index.ts'
import { byHand, rollbackRecords, stateFolder } from '../../../src/rollback/index.ts'

const plan: UndoPlan = {
  schema: 'gameday.undo/2',
  id: 'abc123-f0',
  run: 'abc123',
  dir: '/reports/run',
  what: 'the proxy of the primary disabled',
  change: {
    type: 'proxy-disabled',
    url: 'http://127.0.0.1:8474',
    withRun: false,
    proxy: 'gameday-abc123-primary',
    before: { listen: '127.0.0.1:8001', upstream: '127.0.0.1:8002', enabled: true, toxics: [] },
    through: null,
  },
  undo: [
    {
      what: 'enables it',
      method: 'POST',
      url: 'http://127.0.0.1:8474/proxies/gameday-abc123-primary',
      body: { enabled: true },
      expect: [200],
    },
  ],
  writtenAt: '2026-11-20T12:00:00.000Z',
  deadline: { at: '2026-11-20T12:08:00.000Z', atMs: 480_000 },
}

describe('rollback records', () => {
  it('are on disk, whole, readable by their owner alone, once write returns', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gameday-state-'))
    const path = rollbackRecords(folder).write(plan)
    expect(undoPlanSchema.parse(JSON.parse(readFileSync(path, 'utf8')))).toEqual(plan)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('are removed once, and again without harm', () => {
    const records = rollbackRecords(mkdtempSync(join(tmpdir(), 'gameday-state-')))
    const path = records.write(plan)
    records.remove(plan)
    records.remove(plan)
    expect(existsSync(path)).toBe(false)
  })

  it('say that nothing was broken when they cannot be written, and end the run not-ready', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'gameday-state-')), 'a-file')
    writeFileSync(file, '')
    chmodSync(file, 0o600)
    expect(() => rollbackRecords(file).write(plan)).toThrow(
      expect.objectContaining({
        code: 'ROLLBACK_RECORD_UNWRITABLE',
        exitCode: 3,
        message: expect.stringContaining('without it nothing is broken'),
      }),
    )
  })
})

describe('the state folder', () => {
  it.each([
    { env: { GAMEDAY_STATE: '/s', XDG_STATE_HOME: '/x' }, folder: '/s' },
    { env: { GAMEDAY_STATE: '', XDG_STATE_HOME: '/x' }, folder: '/x/gameday' },
  ])('is $folder for $env', ({ env, folder }) => {
    expect(stateFolder(env)).toBe(folder)
  })

  it('lies in the home folder when nothing is said', () => {
    expect(stateFolder({})).toMatch(/\.local\/state\/gameday$/)
  })
})

describe('undoing by hand', () => {
  it('is one curl line a call, quoted for a shell', () => {
    expect(byHand(plan)).toEqual([
      `curl -sS -X POST -H 'Content-Type: application/json' -d '{"enabled":true}' 'http://127.0.0.1:8474/proxies/gameday-abc123-primary'`,
    ])
  })

  it('never shows a token: whoever undoes it by hand reads it from the record', () => {
    const call = {
      ...plan.undo[0]!,
      method: 'DELETE' as const,
      body: undefined,
      headers: { authorization: 'Bearer canary-token' },
    }
    const [line] = byHand({ ...plan, undo: [call] })
    expect(line).not.toContain('canary-token')
    expect(line).toContain('-H "authorization: Bearer $TOKEN"')
  })
})
