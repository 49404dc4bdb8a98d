import { spawn } from 'node:child_process'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import { gateControl, vendorPath } from '../../src/providers/index.ts'
import { readRecords } from '../../src/record/index.ts'
import { composeResult } from '../../src/report/index.ts'
import { toxiproxyControl } from '../../src/toxiproxy/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Flaw } from '../support/planted-router.ts'
import { program, ROOT, runFolder } from '../support/program.ts'
import { stageFolder } from '../support/stage-ports.ts'

const DRILL = readFileSync(join(ROOT, 'test', 'fixtures', 'drills', 'their-router.yaml'), 'utf8').replace(
  '../../../drills',
  join(ROOT, 'drills'),
)

// Not at the end of each test: of tests that run at the same time nobody could tell whose end it is.
const ends: (() => unknown)[] = []
afterAll(async () => {
  for (const end of ends.toReversed()) await end()
})

/** A stage and a router in front of it, each a process of its own, and drills of the same folder. */
async function place() {
  const { cwd, ports, env } = await stageFolder()
  ends.push(() => rmSync(cwd, { recursive: true, force: true }))
  const stage = program(['serve', 'stage'], { cwd, env })
  ends.push(() => void stage.child.kill('SIGKILL'))
  await stage.seen('# Official clients')
  const keysOf = readFileSync(join(cwd, 'state', 'stage', 'keys.env'), 'utf8')
    .trim()
    .split('\n')
  const token = readFileSync(join(cwd, 'state', 'stage', 'token'), 'utf8').trim()
  const url = `http://127.0.0.1:${ports.control}`
  const at = (port: number) => `http://127.0.0.1:${port}/v1`
  const gate = gateControl({ url, token, timeoutMs: 5000 })
  const toxiproxy = toxiproxyControl({ url: `http://127.0.0.1:${ports.toxiproxy}`, timeoutMs: 5000 })
  const run = (drill: string, router: string, ...flags: string[]) => {
    const args = ['run', drill, '--unattended', '--router', router, '--stage', url, ...flags]
    const started = program(args, { cwd, env })
    ends.push(() => void started.child.kill('SIGKILL'))
    return started
  }
  return {
    cwd,
    ports,
    url,
    at,
    gate,
    token,
    stage,
    state: env.GAMEDAY_STATE,
    records: () => readRecords(runFolder(join(cwd, 'reports'))),
    router: (flaw: Flaw, secondary = at(ports.secondaryProxy)) =>
      planted(flaw, {
        ...Object.fromEntries(keysOf.map((line) => line.split('='))),
        PRIMARY_URL: at(ports.primaryProxy),
        SECONDARY_URL: secondary,
      }),
    drill: (router: string, fault = '{ kind: revoke-key }') => {
      const file = join(cwd, 'drill.yaml')
      writeFileSync(file, DRILL.replace('{ kind: revoke-key }', fault))
      return run(file, router)
    },
    shipped: run,
    /** What is on the stage that no drill has left there. */
    found: async () => ({
      faults: (await gate.state()).faults.length,
      proxies: (await toxiproxy.listProxies()).map(({ name, enabled, toxics }) => ({
        name,
        enabled,
        toxics: toxics.length,
      })),
    }),
  }
}

const WHOLE = {
  faults: 0,
  proxies: ['primary', 'secondary'].map((role) => ({
    name: `gameday-stage-${role}`,
    enabled: true,
    toxics: 0,
  })),
}

async function planted(flaw: Flaw, env: Record<string, string>): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(ROOT, 'test', 'support', 'planted-router-process.ts'), flaw],
    { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  ends.push(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return /http\S+/.exec(line.toString())?.[0] ?? ''
}

/** Asks a router ten times a second, and counts what came of it, until it is told to stop. */
function traffic(router: string) {
  const seen = { ok: 0, failed: 0 }
  const over = new AbortController()
  const asking = (async () => {
    while (!over.signal.aborted) {
      const { status } = await fetch(`${router}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
      }).catch(() => ({ status: 0 }))
      if (status === 200) seen.ok++
      else seen.failed++
      await systemClock.sleep(100)
    }
  })()
  return { seen, stop: async () => (over.abort(), await asking, seen) }
}

async function until(what: () => Promise<boolean> | boolean, forMs: number): Promise<boolean> {
  for (let left = forMs; left > 0; left -= 200) {
    if (await what()) return true
    await systemClock.sleep(200)
  }
  return what()
}

describe.concurrent('a router of somebody else’s, in a process of its own', () => {
  it(
    'is drilled by a shipped drill on a stage that stays, and what does not count and cannot be seen is said',
    unlessLate(async () => {
      const { cwd, router, shipped, records, found, stage, token, url } = await place()
      const run = shipped('primary-refused', await router('none'), '--duration', '28s')
      const { code, stdout, stderr } = await run.ended
      expect(code, stdout + stderr).toBe(0)
      expect(stdout + stderr).not.toContain(token)
      const aside = "the drill's setting router.circuit.probeEvery is set aside, as this router keeps its own"
      expect(stderr.replace(/\s+/g, ' ')).toContain(aside)
      expect(readFileSync(join(runFolder(join(cwd, 'reports')), 'report.md'), 'utf8')).toContain(aside)
      const result = composeResult(records())
      expect(result).toMatchObject({
        verdict: 'held',
        environment: {
          router: { kind: 'external', setAside: ['router.circuit.probeEvery'] },
          stage: { url },
          toxiproxy: { kind: 'embedded' },
        },
        load: { unmatched: 0 },
      })
      expect(result.faults[0]).toMatchObject({
        tripMs: null,
        notObservable: { trip: 'the router does not tell about its circuit' },
      })
      expect(result.faults[0]?.failbackMs).toBeTypeOf('number')
      expect(await found()).toEqual(WHOLE)
      stage.child.kill('SIGTERM')
      expect(await stage.ended).toMatchObject({ code: 0 })
    }),
  )

  it.each(['{ kind: revoke-key }', '{ kind: latency, latency: 4s }', '{ kind: refused }'])(
    'goes on unbroken when its drill of %s is killed: its watchdog undoes, and the stage stays',
    async (fault) => {
      const { router, drill, found, state } = await place()
      const theirs = await router('none')
      const run = drill(theirs, fault)
      await run.seen('in force')
      const { seen, stop } = traffic(theirs)
      await until(() => seen.ok > 3, 10_000)
      run.child.kill('SIGKILL')
      await run.ended
      const isWhole = async () => JSON.stringify(await found()) === JSON.stringify(WHOLE)
      expect(await until(isWhole, 20_000)).toBe(true)
      const { ok } = seen
      expect(await until(() => seen.ok > ok + 5, 10_000)).toBe(true)
      expect((await stop()).failed).toBe(0)
      expect(await until(() => readdirSync(join(state, 'rollback')).length === 0, 10_000)).toBe(true)
    },
  )

  it(
    'is not blamed for a vendor that fails by itself meanwhile: the drill restores, and ends aborted',
    unlessLate(async () => {
      const { router, drill, gate, url, token, records, found } = await place()
      const run = drill(await router('none'))
      await run.seen('in force')
      await gate.vendorKey(`${url}${vendorPath(token, 'secondary')}`, 'revoke')
      const { code, stdout, stderr } = await run.ended
      expect(code, stdout + stderr).toBe(4)
      const { verdict, decidedBy } = composeResult(records())
      expect({ verdict, decidedBy }).toMatchObject({
        verdict: 'aborted',
        decidedBy: expect.stringMatching(
          /the rule vendor-outage stopped the drill: the secondary fails by itself: .* 401 invalid_api_key/,
        ) as unknown,
      })
      expect(await found()).toEqual(WHOLE)
    }),
  )

  it(
    'is found out where it knows its secondary past the stage',
    unlessLate(async () => {
      const { router, drill, records, found } = await place()
      const elsewhere = await startUpstream('echoes')
      ends.push(() => elsewhere.stop())
      const run = drill(await router('none', elsewhere.baseUrl))
      const { code, stdout, stderr } = await run.ended
      expect(code, stdout + stderr).toBe(4)
      expect(composeResult(records()).decidedBy).toMatch(
        /the rule off-stage stopped the drill: .* pointed at the stage for one provider only/,
      )
      expect(await found()).toEqual(WHOLE)
    }),
  )

  it('is not drilled at all where it is not pointed at the stage, and nothing was broken', async () => {
    const { drill, records } = await place()
    const elsewhere = await startUpstream('echoes')
    ends.push(() => elsewhere.stop())
    const run = await drill(elsewhere.baseUrl).ended
    expect(run).toMatchObject({ code: 3 })
    expect(run.stdout.replace(/\s+/g, ' ')).toContain('not pointed at the stage')
    expect(composeResult(records())).toMatchObject({ verdict: 'not-ready', faults: [] })
  })
})
