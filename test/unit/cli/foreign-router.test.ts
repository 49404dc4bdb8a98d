import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/cli/explain.ts'
import { run } from '../../../src/cli/run.ts'
import { serveRouter } from '../../../src/cli/serve-router.ts'
import { validate } from '../../../src/cli/validate.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { ROOT } from '../../support/program.ts'

const THEIRS = { router: 'http://127.0.0.1:4000/v1', stage: 'http://127.0.0.1:9' }
const YAML = `version: 1\nrouter: { kind: external, url: "${THEIRS.router}" }\nstage: { url: "${THEIRS.stage}" }\n`
const UNATTENDED = { unattended: true, out: 'reports' }

/** A command of its own folder, with this `gameday.yaml` in it if any. */
function place(yaml?: string, env: Record<string, string> = {}) {
  const piped = pipedIo()
  const io = { ...piped.io, env: { ...piped.io.env, ...env } }
  if (yaml !== undefined) writeFileSync(join(piped.home, 'gameday.yaml'), yaml)
  return { ...piped, io, out: { ...UNATTENDED, out: join(piped.home, 'reports') } }
}

describe('a router of somebody else’s', () => {
  it.each([
    {
      what: 'without a stage to stand on',
      drill: 'friday-failover',
      flags: { router: THEIRS.router },
      says: ['can only be drilled on a stage that stands', 'gameday serve stage'],
    },
    {
      what: 'at no address',
      drill: 'friday-failover',
      flags: { router: 'localhost:4000', stage: THEIRS.stage },
      says: ['--router does not have an address'],
    },
    {
      what: 'with settings that are part of the claim and the embedded one’s, by their names',
      drill: 'cache-holds',
      flags: THEIRS,
      says: ['cache-holds.yaml sets router.cache.mode, which', THEIRS.router],
    },
    {
      what: 'with providers that the stage has otherwise, by their names',
      drill: 'pager',
      flags: THEIRS,
      says: ['pager.yaml sets providers.primary.price.input, ', `the stage at ${THEIRS.stage}`],
    },
    {
      what: 'with a drill that kills it',
      drill: 'bypass',
      flags: THEIRS,
      says: ['kills the router', 'nothing here could start the one at'],
    },
    {
      what: 'with a bypass',
      drill: 'friday-failover',
      flags: THEIRS,
      env: { BYPASS_ROUTER: 'true' },
      says: ["BYPASS_ROUTER is set, and the router at http://127.0.0.1:4000/v1 is not gameday's"],
    },
    {
      what: 'with a Toxiproxy beside that of the stage',
      drill: 'friday-failover',
      flags: { ...THEIRS, toxiproxy: 'http://127.0.0.1:9' },
      says: ['--toxiproxy beside --stage'],
    },
  ])('is refused $what, and nothing is started', async ({ drill, flags, env, says }) => {
    const { io, out, written } = place(undefined, env)
    expect(await exitOf(run(drill, { ...flags, ...out }, io), io)).toBe(2)
    for (const said of says) expect(written.stderr).toContain(said)
  })

  it.each([
    {
      key: 'key: ROUTER_KEY',
      env: {},
      says: 'ROUTER_KEY is not set in the environment, and router.key names it',
    },
    {
      key: 'headers: { x-portkey-config: $PORTKEY_CONFIG }',
      env: {},
      says: 'PORTKEY_CONFIG is not set in the environment, and router.headers.x-portkey-config names it',
    },
    { key: 'key: ROUTER_KEY', env: { ROUTER_KEY: 'a\nb' }, says: 'no header can carry' },
  ])('needs what it is asked with: $key', async ({ key, env, says }) => {
    const { io, out, written } = place(YAML.replace(' }\nstage', `, ${key} }\nstage`), env)
    expect(await exitOf(run('friday-failover', out, io), io)).toBe(2)
    expect(written.stderr).toContain(says)
  })

  it('has to have its stage up: what is not there is said, with 3', async () => {
    const { io, out, written } = place(YAML, { GAMEDAY_STAGE_TOKEN: 'canary-token-7d1' })
    expect(await exitOf(run('friday-failover', out, io), io)).toBe(3)
    expect(written.stderr).toContain('no drill can use a stage at http://127.0.0.1:9')
    expect(written.stderr).not.toContain('canary-token')
  })

  it('is named where a drill is explained, from gameday.yaml as from flags', async () => {
    const { io, written } = place(YAML)
    expect(await explain('friday-failover', {}, io)).toBe(0)
    const said = written.stdout.replace(/\s+/g, ' ')
    for (const part of [
      'through your router at http://127.0.0.1:4000/v1 and the stage at http://127.0.0.1:9 to the providers',
      'its watchdog takes the change off the stage',
      'Unless a few marked questions beforehand find the stage whole',
      'most answers come from somewhere that no gate sees',
    ])
      expect(said).toContain(part)
  })

  it('keeps its own clocks and circuit: those of a drill are set aside, and explain and validate say so', async () => {
    const { io, written } = place(YAML)
    expect(await explain('slow-first-token', {}, io)).toBe(0)
    const aside =
      'settings router.timeouts.headers, router.timeouts.firstToken and router.circuit.probeEvery are set aside, as this router keeps its own'
    expect(written.stdout.replace(/\s+/g, ' ')).toContain(`The drill's ${aside}.`)
    expect(await validate(['slow-first-token'], {}, io)).toBe(0)
    expect(written.stdout).toMatch(/^ok  .*slow-first-token\.yaml: the drill's settings router/m)
    const embedded = place()
    expect(await explain('slow-first-token', {}, embedded.io)).toBe(0)
    expect(await validate(['slow-first-token'], {}, embedded.io)).toBe(0)
    expect(embedded.written.stdout).not.toContain('set aside')
  })

  it('makes validate refuse the drills that do not fit it, and those alone', async () => {
    const { io, home, written } = place(YAML)
    mkdirSync(join(home, 'drills'))
    for (const name of ['cache-holds', 'bypass', 'smoke', 'prompts'])
      copyFileSync(join(ROOT, 'drills', `${name}.yaml`), join(home, 'drills', `${name}.yaml`))
    expect(await validate(['cache-holds', 'bypass', 'smoke'], {}, io)).toBe(2)
    expect(written.stdout).toMatch(/ok .*smoke/)
    expect(written.stdout).not.toMatch(/ok .*(cache-holds|bypass)/)
  })

  it('can be held to all that is shipped but what sets guardrails, a cache or prices, or kills it', async () => {
    const { io, written } = place(YAML)
    expect(await validate([], {}, io)).toBe(0)
    const misfits = written.stdout.matchAll(/^-- .*?([\w-]+)\.yaml: not for this configuration$/gm)
    expect([...misfits].map(([, name]) => name)).toEqual(['budget-blowout', 'bypass', 'cache-holds', 'pager'])
  })

  it('is not what gameday serve router serves', async () => {
    const { io, written } = place(YAML)
    expect(await exitOf(serveRouter({}, io), io)).toBe(2)
    expect(written.stderr).toContain("not gameday's to start")
  })

  it('is told apart from a typo by its kind, and a header’s value is never quoted', async () => {
    const { io, out, written } = place(
      'version: 1\nrouter: { kind: external, url: "http://127.0.0.1:4000/v1", headers: { x-key: "canary\\nsecret" } }\n',
    )
    expect(await exitOf(run('friday-failover', out, io), io)).toBe(2)
    expect(written.stderr).not.toContain('canary')
    const other = place('version: 1\nrouter: { kind: extern }\n')
    expect(await exitOf(run('friday-failover', other.out, other.io), other.io)).toBe(2)
    expect(other.written.stderr).toContain('write one of embedded, external')
  })
})
