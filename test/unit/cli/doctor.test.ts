import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { doctor, type DoctorFlags } from '../../../src/cli/doctor.ts'
import { startToxiproxyServer, toxiproxyControl } from '../../../src/toxiproxy/index.ts'
import { systemClock } from '../../../src/base/index.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { FAST_PROVIDERS } from '../../support/stage-ports.ts'

const CANARY = 'sk-canary-5be2'
const REAL =
  'providers:\n' +
  '  primary: { kind: real, name: one, model: gpt-4o-mini, baseUrl: http://127.0.0.1:9/v1, key: ONE_KEY }\n' +
  '  secondary: { kind: real, name: two, model: gpt-4o-mini, baseUrl: http://127.0.0.1:9/v1, key: TWO_KEY }\n'

/** The command in a folder of its own, with this configuration. */
async function called(yaml: string, flags: DoctorFlags = {}, env: Record<string, string> = {}) {
  const { io, home, state, written } = pipedIo()
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  writeFileSync(join(home, 'gameday.yaml'), `version: 1\n${yaml}`)
  const config = join(home, 'gameday.yaml')
  const code = await exitOf(doctor({ config, ...flags }, { ...io, env: { ...io.env, ...env } }), io)
  return { code, state, ...written }
}

describe('gameday doctor', { timeout: 30_000 }, () => {
  it('goes on past a lack with what does not depend on it, and says of each what to add', async () => {
    const { code, stdout, stderr } = await called(
      `${REAL}router: { kind: external, url: http://127.0.0.1:9/v1, key: ROUTER_KEY }\n`,
      {},
      { ONE_KEY: CANARY },
    )
    expect(code).toBe(3)
    for (const said of [
      /LACK {2}router +ROUTER_KEY is not set/,
      /LACK {2}price of the primary[\s\S]*Into gameday\.yaml:\n {10}providers:\n {12}primary:\n {14}price:/,
      /ok {4}key of the primary +ONE_KEY is set\n {2}LACK {2}primary answers +nothing answers for one/,
      /LACK {2}key of the secondary +TWO_KEY is not set[\s\S]*In this shell:\n {10}read -rs TWO_KEY && export TWO_KEY/,
      /LACK {2}stage +none is named[\s\S]*stage:\n {12}url: http:\/\/127\.0\.0\.1:8470/,
      /LACK {2}router is there +nobody answers at http:\/\/127\.0\.0\.1:9\/v1: ECONNREFUSED/,
      /open {2}failing over +not looked at/,
      /\d things are lacking\./,
    ])
      expect(stdout).toMatch(said)
    expect(stdout + stderr).not.toContain(CANARY)
  })

  it('looks at a Toxiproxy that does not find the gates, and leaves nothing on it', async () => {
    const theirs = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
    onTestFinished(() => theirs.stop())
    const { code, stdout } = await called(
      `${FAST_PROVIDERS}stage: { listen: 127.0.0.2, advertise: 127.0.0.9 }\n`,
      { toxiproxy: theirs.url, json: true },
    )
    expect(code).toBe(3)
    const { lacks, findings } = JSON.parse(stdout) as { lacks: number; findings: Record<string, unknown>[] }
    expect(lacks).toBe(1)
    expect(findings.find(({ state }) => state === 'lack')).toMatchObject({
      part: 'stage',
      check: 'way to the gates',
      add: { to: 'gameday.yaml', lines: expect.arrayContaining(['stage:']) as unknown },
    })
    const control = toxiproxyControl({ url: theirs.url, timeoutMs: 2000 })
    expect(await control.listProxies()).toEqual([])
  })

  it.each<[string, DoctorFlags, RegExp]>([
    ['a time that is none', { timeout: 'soon' }, /--timeout soon makes no sense/],
    ['a Toxiproxy beside a stage', { toxiproxy: 'http://x', stage: 'http://y' }, /beside --stage/],
    ['a router’s address that is none', { router: 'localhost' }, /--router does not have an address/],
  ])('refuses %s, and starts nothing', async (_, flags, says) => {
    const { code, stdout, stderr } = await called(FAST_PROVIDERS, flags)
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(stdout).toBe('')
  })
})
