import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn, type IPty } from '@lydell/node-pty'
import { expect, it, onTestFinished } from 'vitest'
import { bareEnv, BIN } from '../support/program.ts'
import { until } from '../support/pty.ts'

it('a served router reads its file at a HUP, and ends with its terminal', async () => {
  const home = mkdtempSync(join(tmpdir(), 'gameday-pty-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const env = { ...bareEnv(), GAMEDAY_STATE: join(home, 'state'), NO_COLOR: '1' }
  const pty = spawn(process.execPath, [BIN, 'serve', 'router'], { cwd: home, env })
  onTestFinished(() => {
    if (isAlive()) process.kill(pty.pid, 'SIGKILL')
  })
  let written = ''
  pty.onData((text) => (written += text))
  const isAlive = () => {
    try {
      return process.kill(pty.pid, 0)
    } catch {
      return false
    }
  }
  const sees = (text: string) =>
    until(() => written.includes(text) || null, `it never said ${text}: ${written}`)
  await sees('The router listens on')
  process.kill(pty.pid, 'SIGHUP')
  await sees('what is in force stays')
  expect(isAlive()).toBe(true)
  // It has one, and its types do not say so.
  ;(pty as IPty & { destroy: () => void }).destroy()
  await until(() => !isAlive() || null, 'it outlived its terminal')
})
