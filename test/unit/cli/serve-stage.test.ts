import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { program } from '../../support/program.ts'
import { stageFolder } from '../../support/stage-ports.ts'

/** A folder with a stage of its own, which can be started there again and again. */
async function place() {
  const { cwd, ports, env } = await stageFolder()
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  return {
    ports,
    keys: () => readFileSync(join(cwd, 'state', 'stage', 'keys.env'), 'utf8'),
    token: () => readFileSync(join(cwd, 'state', 'stage', 'token'), 'utf8').trim(),
    start: async () => {
      const served = program(['serve', 'stage'], { cwd, env })
      onTestFinished(() => void served.child.kill('SIGKILL'))
      await served.seen('# Official clients')
      return served
    },
  }
}

const keyIn = (env: string) => /GAMEDAY_PRIMARY_KEY=(\S+)/.exec(env)?.[1] ?? ''

// Each start loads the simulated providers, which takes seconds on a busy machine.
describe('gameday serve stage', { timeout: 60_000 }, () => {
  it('says where it is and what to write into a router, prints no key, and comes back the same after a KILL', async () => {
    const { ports, start, keys, token } = await place()
    const ask = () =>
      fetch(`http://127.0.0.1:${ports.primaryProxy}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${keyIn(keys())}` },
        body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
      }).then(({ status }) => status)

    const first = await start()
    const before = keys()
    expect(await ask()).toBe(200)
    first.child.kill('SIGKILL')
    const { stdout, stderr } = await first.ended
    expect(stdout).toContain(`The stage stands at http://127.0.0.1:${ports.control}`)
    for (const said of ['LiteLLM', 'Portkey', 'Bifrost', `http://127.0.0.1:${ports.secondaryProxy}/v1`])
      expect(stdout).toContain(said)
    for (const secret of [token(), keyIn(before)]) expect(stdout + stderr).not.toContain(secret)

    const second = await start()
    expect(keys()).toBe(before)
    expect(await ask()).toBe(200)
    second.child.kill('SIGTERM')
    expect(await second.ended).toMatchObject({ code: 0 })
    await expect(ask()).rejects.toThrow('fetch failed')
  })

  it('says which port is taken, and where it is chosen', async () => {
    const { ports, start } = await place()
    await start()
    await expect(start()).rejects.toThrow(
      new RegExp(`127.0.0.1:${ports.primaryGate}: the port is taken[\\s\\S]*stage.ports.primaryGate`),
    )
  })
})
