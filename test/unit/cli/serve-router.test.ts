import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RouterState } from '../../../src/router/index.ts'
import { bypass } from '../../../src/cli/bypass.ts'
import { openLogReader } from '../../../src/log/index.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { program } from '../../support/program.ts'
import { until } from '../../support/router-pair.ts'
import { newFolder, serve } from '../../support/serve-router.ts'

const DAY = { fromMs: 0, toMs: 9e15 }

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

  it('changes with its file or at HUP, is bypassed by a command, and drains at TERM', async () => {
    const { ask, child, ended, seen, state, url, write } = await serve('router: { drainLead: 1s }\n')
    const page = (name: string) => fetch(new URL(`/${name}`, url))
    const stateNow = async () => (await (await page('state')).json()) as RouterState

    write('router: { drainLead: 1s, attempts: 3, port: 4000 }\n')
    await seen('is in force: router.attempts; ONLY A RESTART brings about router.port')
    expect((await stateNow()).settings.awaitsRestart).toEqual(['router.port'])
    write('router: { attempts: 99 }\n')
    await seen('router.attempts: found 99')
    expect(await (await page('metrics')).text()).toContain('gameday_router_settings_last_reload_successful 0')
    write('router: { drainLead: 1s, attempts: 4 }\n')
    child.kill('SIGHUP')
    await seen('is in force: router.attempts\n')

    const { io, written } = pipedIo()
    const command = (word?: string) => exitOf(bypass(word, {}, { ...io, env: { GAMEDAY_STATE: state } }), io)
    expect([await command('on'), written.stdout]).toEqual([0, expect.stringContaining(url)])
    const past = await ask()
    expect([past.headers.get('x-gameday-request-id'), (await stateNow()).bypass?.to]).toEqual([
      null,
      'primary',
    ])
    expect([await command('off'), written.stdout]).toEqual([0, expect.stringContaining('routes.')])

    const stream = await ask({}, true)
    child.kill('SIGTERM')
    await seen('stopping')
    expect((await page('readyz')).status).toBe(503)
    child.kill('SIGHUP')
    expect(await stream.text()).toContain('[DONE]')
    expect(await ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('2 requests; all of them are in the log') as unknown,
    })
    await expect(page('readyz')).rejects.toThrow('fetch failed')
    expect([await command(), written.stderr]).toEqual([2, expect.stringContaining('no router serves')])
  }, 60_000)

  it('knows after it was killed what a tenant has spent today', async () => {
    // Each request is reckoned at $0.000610 or so, and costs far less.
    const yaml = 'router: { guardrails: { tenants: { acme: { day: $0.00063 } }, degrade: [refuse] } }\n'
    const cwd = newFolder()
    const { ask, child, path } = await serve(yaml, { cwd })
    const acme = { 'x-gameday-tenant': 'acme' }
    let answered = 0
    while ((await ask(acme)).status === 200 && answered < 60) answered += 1
    expect(answered).toBeGreaterThan(0)
    expect(answered).toBeLessThan(60)
    // Those that are answered, and the one that was refused.
    await until(() => {
      const reader = openLogReader(path)
      const requests = reader?.totals(DAY, 2500).requests
      reader?.close()
      return requests === answered + 1
    })
    child.kill('SIGKILL')
    const again = await serve(yaml, { cwd })
    const refused = await again.ask(acme)
    expect([refused.status, refused.headers.get('x-gameday-guardrail')]).toEqual([
      402,
      'refused;limit=day-budget',
    ])
    expect((await again.ask({ 'x-gameday-tenant': 'bolt' })).status).toBe(200)
  }, 60_000)

  it('serves without its log rather than not at all, and says so', async () => {
    const { ask, stop } = await serve('', { log: 'this is no database'.repeat(1000) })
    expect((await ask()).status).toBe(200)
    const { code, stderr } = await stop()
    expect(code).toBe(0)
    expect(stderr).toMatch(/SERVING WITHOUT A LOG, and so without alerts: .*file is not a database/)
  })

  it('asks for a key where one is set, and ends at once at a second signal', async () => {
    const { ask, child, ended, seen } = await serve('router: { drainLead: 10m }\n', {
      env: { GAMEDAY_ROUTER_KEY: 'canary-key' },
    })
    expect((await ask()).status).toBe(401)
    expect((await ask({ authorization: 'Bearer canary-key' })).status).toBe(200)
    child.kill('SIGTERM')
    await seen('stopping')
    child.kill('SIGTERM')
    const { signal, stdout, stderr } = await ended
    expect(signal).toBe('SIGTERM')
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
