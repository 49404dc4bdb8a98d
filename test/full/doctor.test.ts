import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import { startToxiproxyServer, toxiproxyControl } from '../../src/toxiproxy/index.ts'
import { program, ROOT } from '../support/program.ts'
import { FAST_PROVIDERS, stageFolder } from '../support/stage-ports.ts'

/** A folder whose router leaves a silent primary in time, with a Toxiproxy of somebody's own beside it. */
async function place() {
  const cwd = mkdtempSync(join(tmpdir(), 'gameday-doctor-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  writeFileSync(
    join(cwd, 'gameday.yaml'),
    `version: 1\n${FAST_PROVIDERS}router: { timeouts: { headers: 1s, firstToken: 1s } }\n`,
  )
  const theirs = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
  onTestFinished(() => theirs.stop())
  const control = toxiproxyControl({ url: theirs.url, timeoutMs: 2000 })
  const state = join(cwd, 'state')
  return {
    start: (...args: string[]) => {
      const started = program(['doctor', '--toxiproxy', theirs.url, ...args], {
        cwd,
        env: { GAMEDAY_STATE: state },
      })
      onTestFinished(() => void started.child.kill('SIGKILL'))
      return started
    },
    left: async () => [
      ...(await control.listProxies()).map(({ name }) => name),
      ...readdirSync(join(state, 'rollback')),
    ],
  }
}

describe('gameday doctor, as a process', { timeout: 60_000 }, () => {
  it('goes the whole way, finds all there, and takes down what it put up', async () => {
    const { start, left } = await place()
    const { code, stdout, stderr } = await start().ended
    expect(code, stdout + stderr).toBe(0)
    expect(stdout).toMatch(/ok {4}a silent primary +a primary that says nothing was asked once/)
    expect(stdout).toMatch(/ok {4}a failing primary/)
    expect(stdout).toContain('All there.\nNext: gameday explain')
    expect(await left()).toEqual([])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('leaves nothing on a Toxiproxy of somebody else’s after a %s', async (signal, code) => {
    const { start, left } = await place()
    const started = start('--timeout', '20s')
    await started.seen('way to the gates')
    expect((await left()).length).toBeGreaterThan(0)
    started.child.kill(signal)
    const ended = await started.ended
    expect(ended.code).toBe(code)
    expect(ended.stdout).not.toContain('LACK')
    for (let looks = 0; looks < 75 && (await left()).length > 0; looks++) await systemClock.sleep(200)
    expect(await left()).toEqual([])
  })

  it('breaks nothing for a router of somebody else’s unless it is told to, and prints no key', async () => {
    const { cwd, ports, env } = await stageFolder()
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
    const stage = program(['serve', 'stage'], { cwd, env })
    onTestFinished(() => void stage.child.kill('SIGKILL'))
    await stage.seen('# Official clients')
    const keys = readFileSync(join(cwd, 'state', 'stage', 'keys.env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string])
    const router = spawn(
      process.execPath,
      ['--import', 'tsx', join(ROOT, 'test', 'support', 'planted-router-process.ts'), 'none'],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          ...Object.fromEntries(keys),
          PRIMARY_URL: `http://127.0.0.1:${ports.primaryProxy}/v1`,
          // As of one who has forgotten the second address.
          SECONDARY_URL: 'http://127.0.0.1:9/v1',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    onTestFinished(() => void router.kill('SIGKILL'))
    const [line] = (await once(router.stdout, 'data')) as [Buffer]
    const url = /http\S+/.exec(line.toString())?.[0] ?? ''
    const doctor = (...more: string[]) =>
      program(['doctor', '--router', url, '--stage', `http://127.0.0.1:${ports.control}`, ...more], {
        cwd,
        env,
      }).ended

    const careful = await doctor()
    expect(careful.code, careful.stdout + careful.stderr).toBe(0)
    expect(careful.stdout).toMatch(/open {2}failing over +not tried/)
    const daring = await doctor('--break')
    expect(daring.code, daring.stdout + daring.stderr).toBe(3)
    expect(daring.stdout).toMatch(/LACK {2}a failing primary +.* the secondary not at all/)
    expect(daring.stdout).toContain(`api_base: http://127.0.0.1:${ports.secondaryProxy}/v1`)
    for (const [, key] of keys) expect(careful.stdout + daring.stdout).not.toContain(key)
  })
})
