import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openLogReader } from '../../../src/log/index.ts'
import { program } from '../../support/program.ts'
import { chatBody } from '../../support/router-pair.ts'

const DAY = { fromMs: 0, toMs: 9e15 }
const FAST =
  'providers:\n  primary: &fast { kind: simulated, name: one, model: gpt-4o-mini, firstToken: { p50: 5ms, p95: 9ms }, interToken: { p50: 1ms, p95: 2ms } }\n  secondary: *fast\n'

/** `gameday serve router` as a child, in a folder with this configuration. */
async function serve(yaml = '', { env = {}, log = '' }: { env?: Record<string, string>; log?: string } = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'gameday-serve-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  writeFileSync(join(cwd, 'gameday.yaml'), `version: 1\n${FAST}${yaml}`)
  const path = join(cwd, 'state', 'requests.db')
  if (log !== '') {
    mkdirSync(join(cwd, 'state'))
    writeFileSync(path, log)
  }
  const served = program(['serve', 'router'], { cwd, env: { GAMEDAY_STATE: join(cwd, 'state'), ...env } })
  onTestFinished(() => void served.child.kill('SIGKILL'))
  let stdout = ''
  served.child.stdout?.on('data', (piece: Buffer) => (stdout += piece.toString()))
  await served.seen('The router listens on')
  const url = /http\S+/.exec(stdout)?.[0] ?? ''
  const ask = (headers: Record<string, string> = {}, stream = false) =>
    fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: chatBody(stream),
    })
  return { ...served, ask, path, stop: () => (served.child.kill('SIGTERM'), served.ended) }
}

describe('gameday serve router', () => {
  it('answers, logs every request, and on TERM lets what is under way come to its end', async () => {
    const { ask, stop, path } = await serve()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask({ 'x-gameday-tenant': 'acme' }).then((answer) => answer.json())),
    )
    expect(answers).toHaveLength(20)
    const stream = await ask({}, true)
    const [ended, text] = await Promise.all([stop(), stream.text()])
    expect(text).toContain('[DONE]')
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('21 requests; all of them are in the log') as unknown,
    })
    const reader = openLogReader(path)
    expect(
      reader?.totalsBy('tenant', DAY, 2500, 9).map(({ key, requests, failed }) => [key, requests, failed]),
    ).toEqual([
      ['acme', 20, 0],
      [null, 1, 0],
    ])
    reader?.close()
  })

  it('serves without its log rather than not at all, and says so', async () => {
    const { ask, stop } = await serve('', { log: 'this is no database'.repeat(1000) })
    expect((await ask()).status).toBe(200)
    const { code, stderr } = await stop()
    expect(code).toBe(0)
    expect(stderr).toMatch(/SERVING WITHOUT A LOG, and so without alerts: .*file is not a database/)
  })

  it('asks for a key where one is set', async () => {
    const { ask, stop } = await serve('', { env: { GAMEDAY_ROUTER_KEY: 'canary-key' } })
    expect((await ask()).status).toBe(401)
    expect((await ask({ authorization: 'Bearer canary-key' })).status).toBe(200)
    const { stdout, stderr } = await stop()
    expect(stdout + stderr).not.toContain('canary-key')
  })

  it.each([
    [
      'alerts:\n  webhook: PAGE_HOOK\n',
      /PAGE_HOOK is not set in the environment, and alerts\.webhook names it/,
    ],
    ['export:\n  otlp: {}\n', /OTEL_EXPORTER_OTLP_ENDPOINT is not set in the environment/],
    ['export:\n  helicone: {}\n', /HELICONE_API_KEY is not set in the environment/],
  ])('does not start where %j names what is not set', async (yaml, message) => {
    const cwd = mkdtempSync(join(tmpdir(), 'gameday-serve-'))
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
    writeFileSync(join(cwd, 'gameday.yaml'), `version: 1\n${yaml}`)
    const { code, stderr } = await program(['serve', 'router'], { cwd }).ended
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
