import { describe, expect, it, onTestFinished } from 'vitest'
import { bypass, type BypassFlags } from '../../../src/cli/bypass.ts'
import { routersFolder } from '../../../src/cli/running-router.ts'
import { openDoor } from '../../../src/router/index.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { startPair } from '../../support/router-pair.ts'

async function scene(routers: number) {
  const piped = pipedIo()
  const pairs = await Promise.all(Array.from({ length: routers }, () => startPair()))
  for (const [n, { router }] of pairs.entries()) {
    const facts = {
      id: `r${n}`,
      url: router.url,
      config: `~/${n}.yaml`,
      startedAt: `2026-11-26T00:00:0${n}Z`,
    }
    const door = await openDoor({ folder: routersFolder(piped.io), facts, router, onBypass: () => undefined })
    onTestFinished(door.close)
  }
  const run = async (word?: string, flags: BypassFlags = {}) => {
    piped.written.stdout = piped.written.stderr = ''
    return { code: await exitOf(bypass(word, flags, piped.io), piped.io), ...piped.written }
  }
  return { run, pairs }
}

describe('gameday bypass', () => {
  it('says what is in force, and for which router', async () => {
    const { run, pairs } = await scene(1)
    const { url } = pairs[0]!.router
    expect(await run()).toEqual({
      code: 0,
      stdout: `The router on ${url} (~/0.yaml) routes. Under way: 0.\n`,
      stderr: '',
    })
    const on = await run('on')
    expect(on.stdout).toMatch(
      /\(~\/0\.yaml\) is bypassed to the primary since 20\d\d-.*: new requests go straight there/,
    )
    expect(await pairs[0]!.ask({ body: 'no json' })).toMatchObject({ status: 200, servedBy: 'primary' })
    expect((await run('on')).stdout).toContain('is bypassed already to the primary')
    expect((await run('on', { to: 'secondary' })).stdout).toContain('is bypassed to the secondary')
    expect((await run('off')).stdout).toContain('routes.')
    expect((await run('off')).stdout).toContain('routes already.')
  })

  it('asks which router, where several serve, and takes the port or the address', async () => {
    const { run, pairs } = await scene(2)
    const [one, other] = pairs.map(({ router }) => router)
    const refused = await run('on')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toBe(
      `gameday: 2 routers serve on this machine\n  Name one of ${one!.port} (~/0.yaml), ${other!.port} (~/1.yaml): --router <port>.\n`,
    )
    expect((await run()).stdout.split('\n')).toHaveLength(3)
    expect((await run('on', { router: String(other!.port) })).code).toBe(0)
    expect((await run('on', { router: one!.url, to: 'secondary' })).code).toBe(0)
    expect([one!.state().bypass?.to, other!.state().bypass?.to]).toEqual(['secondary', 'primary'])
    expect(await run('off', { router: '1' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `There is ${one!.url}, ${other!.url}: name it with --router <port>.`,
      ) as unknown,
    })
  })

  it.each<[string | undefined, BypassFlags, RegExp]>([
    ['of', {}, /bypass of is neither on nor off\n {2}Did you mean off\?/],
    ['on', { to: 'third' }, /--to third is no provider\n {2}Write --to primary or --to secondary\./],
    ['off', { to: 'primary' }, /--to primary has no meaning without on/],
    [undefined, { to: 'primary' }, /--to primary has no meaning without on/],
    ['on', {}, /no router serves on this machine for this user\n {2}Start one with gameday serve router/],
  ])('ends with 2 for %j %j, and says why', async (word, flags, stderr) => {
    const { run } = await scene(0)
    expect(await run(word, flags)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(stderr) as unknown,
    })
  })
})
