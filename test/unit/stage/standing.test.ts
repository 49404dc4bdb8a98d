import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { configSchema, parseConfig } from '../../../src/config/index.ts'
import {
  attachStage,
  stageSecrets,
  stageToken,
  startStandingStage,
  type StandingStage,
} from '../../../src/stage/index.ts'
import { startToxiproxyServer, toxiproxyControl } from '../../../src/toxiproxy/index.ts'
import { testGate, TOKEN } from '../../support/providers-gate.ts'
import { FAST_PROVIDERS, stagePorts } from '../../support/stage-ports.ts'

const SECRETS = {
  token: 'stage-token-canary-21ab',
  keys: { primary: 'sk-gameday-primary-canary', secondary: 'sk-gameday-secondary-canary' },
  keysFile: null,
}
const ABOUT = { version: '0.1.0', pid: 1, startedAt: '2026-11-20T12:00:00.000Z' }

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'gameday-standing-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('what opens a stage', () => {
  it('is made once, the same after every start, and readable by its owner alone', () => {
    const state = folder()
    const made = stageSecrets(state, {})
    expect(stageSecrets(state, {})).toEqual(made)
    expect(stageToken(state, {})).toBe(made.token)
    expect(made.keys.primary).toMatch(/^sk-gameday-primary-/)
    expect(made.keys.secondary).not.toBe(made.keys.primary)
    const modes = ['', 'token', 'keys.env'].map((name) => statSync(join(state, 'stage', name)).mode & 0o777)
    expect(modes).toEqual([0o700, 0o600, 0o600])
    expect(readFileSync(made.keysFile ?? '', 'utf8')).toBe(
      `GAMEDAY_PRIMARY_KEY=${made.keys.primary}\nGAMEDAY_SECONDARY_KEY=${made.keys.secondary}\n`,
    )
  })

  it('is the environment’s where that says it, and then nothing is kept', () => {
    const env = { GAMEDAY_STAGE_TOKEN: 't', GAMEDAY_PRIMARY_KEY: 'p', GAMEDAY_SECONDARY_KEY: 's' }
    const nowhere = join(folder(), 'never')
    expect(stageSecrets(nowhere, env)).toEqual({
      token: 't',
      keys: { primary: 'p', secondary: 's' },
      keysFile: null,
    })
    expect(stageToken(nowhere, env)).toBe('t')
    expect(() => statSync(nowhere)).toThrow('ENOENT')
  })

  it('is refused where others could have read it', () => {
    const state = folder()
    stageSecrets(state, {})
    chmodSync(join(state, 'stage', 'token'), 0o640)
    expect(() => stageToken(state, {})).toThrow(expect.objectContaining({ code: 'STAGE_SECRET_OPEN' }))
  })

  it('is missed by name where no stage was ever started', () => {
    expect(() => stageToken(folder(), {})).toThrow(expect.objectContaining({ code: 'STAGE_TOKEN_MISSING' }))
  })
})

describe('a stage that stands', () => {
  let stage: StandingStage
  let config: Awaited<ReturnType<typeof configOf>>
  const deaths: Error[] = []

  async function configOf() {
    const ports = Object.entries(await stagePorts()).map(([name, port]) => `${name}: ${port}`)
    return parseConfig(
      `version: 1\n${FAST_PROVIDERS}stage: { ports: { ${ports.join(', ')} } }`,
      'gameday.yaml',
    )
  }
  const start = () =>
    startStandingStage({
      config,
      realKeys: {},
      secrets: SECRETS,
      about: ABOUT,
      graceMs: 5000,
      clock: systemClock,
      onDeath: (error) => deaths.push(error),
    })
  const ask = (stream = false, key = SECRETS.keys.primary) =>
    fetch(`${stage.facts.proxies.primary.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Hello' }] }),
    })
  const attach = (
    more: Partial<Parameters<typeof attachStage>[0] & Parameters<typeof attachStage>[1]> = {},
  ) =>
    attachStage(
      { url: more.url ?? stage.url, token: more.token ?? SECRETS.token },
      { providers: more.providers ?? config.providers, clock: more.clock ?? systemClock },
    )

  beforeAll(async () => {
    config = await configOf()
    stage = await start()
  })
  afterAll(async () => void (await stage.stop()))

  it('answers through its proxies, to its own keys alone', async () => {
    expect((await ask()).status).toBe(200)
    expect((await ask(false, 'sk-other')).status).toBe(401)
    expect(deaths).toEqual([])
  })

  it('is found by a drill with everything that it needs, and by its token alone', async () => {
    const { facts } = await attach()
    expect(facts).toEqual(stage.facts)
    expect(facts).toMatchObject({ ...ABOUT, keys: SECRETS.keys, toxiproxy: { kind: 'embedded' } })
    await expect(attach({ token: 'wrong' })).rejects.toMatchObject({ code: 'STAGE_UNUSABLE', exitCode: 3 })
  })

  it('is refused where it does not fit the drill, each time with what to do', async () => {
    const others = configSchema.parse({ version: 1 }).providers
    await expect(attach({ providers: others })).rejects.toMatchObject({
      code: 'STAGE_DIFFERS',
      exitCode: 3,
      message: expect.stringContaining('providers.primary.name') as unknown,
    })
    // A host that was started an hour later.
    const clock = { ...systemClock, now: () => systemClock.now() - 3_600_000 }
    await expect(attach({ clock })).rejects.toMatchObject({ code: 'STAGE_ELSEWHERE', exitCode: 3 })
    const { gate } = await testGate()
    await expect(attach({ url: gate.controlUrl, token: TOKEN })).rejects.toMatchObject({
      code: 'STAGE_UNUSABLE',
      message: expect.stringContaining('the gate of a drill') as unknown,
    })
    await expect(attach({ url: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'STAGE_UNUSABLE' })
  })

  it('lets a stream come to its end when it is stopped, and comes back where it was', async () => {
    const stream = await ask(true)
    const [failures, text] = await Promise.all([stage.stop(), stream.text()])
    expect(failures).toEqual([])
    expect(text).toContain('[DONE]')
    await expect(ask()).rejects.toThrow('fetch failed')
    const before = stage
    stage = await start()
    expect({ url: stage.url, ...stage.facts }).toEqual({ url: before.url, ...before.facts })
    expect((await ask()).status).toBe(200)
    expect(deaths).toEqual([])
  })
})

describe('on a Toxiproxy of somebody’s own', () => {
  it('takes over the proxies of one that was killed, refuses those of another, and takes its own away', async () => {
    const theirs = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
    onTestFinished(() => theirs.stop())
    const ports = await stagePorts()
    const config = configSchema.parse({ version: 1, stage: { ports }, toxiproxy: { url: theirs.url } })
    const control = toxiproxyControl({ url: theirs.url, timeoutMs: 2000 })
    const start = () =>
      startStandingStage({
        config,
        realKeys: {},
        secrets: SECRETS,
        about: ABOUT,
        graceMs: 0,
        clock: systemClock,
        onDeath: () => undefined,
      })
    const left = {
      name: 'gameday-stage-primary',
      listen: `127.0.0.1:${ports.primaryProxy}`,
      upstream: `127.0.0.1:${ports.primaryGate}`,
    }
    await control.createProxy({ ...left, enabled: false })
    const stage = await start()
    expect(await control.getProxy(left.name)).toMatchObject({ ...left, enabled: true })
    expect(await stage.stop()).toEqual([])
    expect(await control.listProxies()).toEqual([])

    await control.createProxy({ ...left, upstream: '127.0.0.1:9' })
    await expect(start()).rejects.toMatchObject({ code: 'STAGE_PROXY_TAKEN' })
    expect((await control.listProxies()).map(({ name }) => name)).toEqual([left.name])
  })
})
