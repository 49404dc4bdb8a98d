import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import type { UndoPlan } from '../../src/record/index.ts'
import { rollbackRecords } from '../../src/rollback/index.ts'
import { showLife } from '../../src/rollback/living.ts'
import { startToxiproxyServer, toxiproxyControl } from '../../src/toxiproxy/index.ts'
import { program, ROOT } from '../support/program.ts'

const QUICK = join(ROOT, 'test', 'fixtures', 'drills', 'quick.yaml')
const THEIRS = { name: 'theirs', listen: '127.0.0.1:0', upstream: '127.0.0.1:9', enabled: true }

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A state folder and the command line on it. */
function place() {
  const home = mkdtempSync(join(tmpdir(), 'gameday-recover-'))
  const state = join(home, 'state')
  const dir = join(home, 'run')
  mkdirSync(dir)
  return {
    state,
    dir,
    gameday: (...args: string[]) => program(args, { env: { GAMEDAY_STATE: state } }).ended,
  }
}

/** The record of a toxic that a run put on a proxy which was there before. */
function toxicRecord(url: string, dir: string, listen: string): UndoPlan {
  return {
    schema: 'gameday.undo/2',
    id: 'abc123-f0',
    run: 'abc123',
    dir,
    what: 'a latency toxic on the proxy theirs',
    change: {
      type: 'toxic-added',
      url,
      withRun: false,
      proxy: 'theirs',
      toxic: 'abc123-f0',
      before: { listen, upstream: THEIRS.upstream, enabled: true, toxics: [] },
      through: null,
    },
    undo: [
      {
        what: 'removes the toxic abc123-f0',
        method: 'DELETE',
        url: `${url}/proxies/theirs/toxics/abc123-f0`,
        expect: [204, 404],
      },
    ],
    writtenAt: '2026-11-20T12:00:00.000Z',
    deadline: { at: '2026-11-20T12:08:00.000Z', atMs: 480_000 },
  }
}

/** A server with a proxy that has a toxic of a run and one of somebody else. */
async function brokenServer() {
  const server = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
  ends.push(() => server.stop())
  const control = toxiproxyControl({ url: server.url, timeoutMs: 5000 })
  const { listen } = await control.createProxy(THEIRS)
  const toxic = { type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 5 } } as const
  await control.addToxic('theirs', { ...toxic, name: 'their-own' })
  const whole = await control.getProxy('theirs')
  await control.addToxic('theirs', { ...toxic, name: 'abc123-f0' })
  return { url: server.url, control, listen, whole }
}

/** A server that takes every question and answers none. */
async function mute(): Promise<string> {
  const server: Server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('gameday recover', () => {
  it('says so when nothing is left behind', async () => {
    expect(await place().gameday('recover')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing is left behind'),
      stderr: '',
    })
  })

  it('undoes what a dead run left, names what was not its own, and finds nothing the second time', async () => {
    const { state, dir, gameday } = place()
    const { url, control, listen, whole } = await brokenServer()
    rollbackRecords(state).write(toxicRecord(url, dir, listen))

    const first = await gameday('recover')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain('Undone and proven: a latency toxic on the proxy theirs (run abc123)')
    expect(first.stdout).toContain('Not ours: somebody else put the toxic their-own on theirs')
    expect(await control.getProxy('theirs')).toEqual(whole)
    expect(readFileSync(join(dir, 'recover.ndjson'), 'utf8')).toContain('"by":"recover"')
    expect(await gameday('recover')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing is left behind'),
    })
  })

  it('is what every run begins with', async () => {
    const { state, dir, gameday } = place()
    const { url, control, listen, whole } = await brokenServer()
    rollbackRecords(state).write(toxicRecord(url, dir, listen))
    // A drill on a server that is not there: it ends as soon as it asks for it.
    const { code, stderr } = await gameday('run', QUICK, '--unattended', '--toxiproxy', 'http://127.0.0.1:1')
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('left by an earlier run: Undone and proven: a latency toxic'),
    })
    expect(await control.getProxy('theirs')).toEqual(whole)
  })

  it.each(['abc123', '/reports/2026-11-20-friday-failover-abc123', '2026-11-20-friday-failover-abc123/'])(
    'takes %s for the run',
    async (run) => {
      const { state, dir, gameday } = place()
      const { url, listen } = await brokenServer()
      rollbackRecords(state).write(toxicRecord(url, dir, listen))
      expect(await gameday('recover', 'another')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('no rollback record of the run another'),
      })
      expect((await gameday('recover', run)).stdout).toContain('Undone and proven')
    },
  )

  it('leaves a living run alone', async () => {
    const { state, dir, gameday } = place()
    const { url, control, listen } = await brokenServer()
    rollbackRecords(state).write(toxicRecord(url, dir, listen))
    const before = await control.getProxy('theirs')
    const life = await showLife(state, {
      run: 'abc123',
      pid: process.pid,
      drill: 'friday-failover',
      dir,
      startedAt: '2026-11-20T12:00:00.000Z',
      target: url,
      crew: null,
    })
    ends.push(() => life.end())
    expect(await gameday('recover')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /Left alone: .* run abc123 \(friday-failover\) is still running, as process/,
      ),
    })
    expect(await control.getProxy('theirs')).toEqual(before)
    expect(await gameday('recover', '--forget', 'abc123-f0')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is still running, and its watchdog needs the record'),
    })
    expect(rollbackRecords(state).all().plans).toHaveLength(1)
  })

  it('exits 6 with the commands when a server does not answer, and blocks drills on that target until told to forget', async () => {
    const { state, dir, gameday } = place()
    const url = await mute()
    const record = rollbackRecords(state).write(toxicRecord(url, dir, '127.0.0.1:8001'))
    const tried = await gameday('recover')
    expect(tried).toMatchObject({ code: 6, stderr: '' })
    expect(tried.stdout).toContain('NOT PROVEN UNDONE: a latency toxic on the proxy theirs (run abc123)')
    expect(tried.stdout).toContain(`curl -sS -X DELETE '${url}/proxies/theirs/toxics/abc123-f0'`)
    expect(tried.stdout).toContain('gameday recover --forget abc123-f0')
    expect(existsSync(record)).toBe(true)

    const drill = (target: string) => gameday('run', QUICK, '--unattended', '--toxiproxy', target)
    const [blocked, elsewhere] = await Promise.all([drill(url), drill('http://127.0.0.1:1')])
    expect(blocked).toMatchObject({ code: 3, stderr: expect.stringContaining('so nothing was started') })
    expect(blocked.stderr).toContain('gameday recover --forget abc123-f0')
    expect(elsewhere).toMatchObject({ code: 3, stderr: expect.stringContaining('NOT PROVEN UNDONE') })
    expect(elsewhere.stderr).toContain('nothing answers as Toxiproxy at http://127.0.0.1:1')

    expect(await gameday('recover', '--forget', 'abc123-f0')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Forgotten, and not proven undone'),
    })
    expect(readFileSync(join(dir, 'recover.ndjson'), 'utf8')).toContain('"type":"rollback.forgotten"')
    expect(existsSync(join(state, 'rollback', 'forgotten', 'abc123-f0.json'))).toBe(true)
    const [unblocked, again] = await Promise.all([drill(url), gameday('recover')])
    expect(unblocked.stderr).not.toContain('so nothing was started')
    expect(again.stdout).toContain('Nothing is left behind')
  }, 60_000)

  it('says which record it does not know', async () => {
    expect(await place().gameday('recover', '--forget', 'nope')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no rollback record nope'),
    })
  })

  it('names a record that nobody can read, and does not take it for undone', async () => {
    const { state, gameday } = place()
    mkdirSync(join(state, 'rollback'), { recursive: true })
    const path = join(state, 'rollback', 'old-f0.json')
    writeFileSync(path, '{"schema":"gameday.undo/1"}')
    expect(await gameday('recover')).toMatchObject({ code: 6, stdout: expect.stringContaining(path) })
    expect(existsSync(path)).toBe(true)
  })
})
