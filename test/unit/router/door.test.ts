import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askBypass, openDoor, runningRouters, type RunningRouter } from '../../../src/router/index.ts'
import { startPair } from '../../support/router-pair.ts'

function stateFolder(name = 'state') {
  const home = mkdtempSync(join(tmpdir(), 'gameday-door-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return join(home, name)
}

async function opened(folder: string, id = 'r1') {
  const pair = await startPair()
  const told: unknown[] = []
  const facts = {
    id,
    url: pair.router.url,
    config: '~/gameday.yaml',
    startedAt: `2026-11-26T00:00:00.00${id.at(-1)}Z`,
  }
  const door = await openDoor({ folder, facts, router: pair.router, onBypass: (to) => told.push(to) })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= door.close())
  onTestFinished(close)
  return { pair, told, close }
}

/** Says something at a door that no command would. */
function say({ socket }: RunningRouter, method: string, path: string, body: string) {
  return new Promise<number | undefined>((resolve, reject) => {
    const asked = request({ socketPath: socket, method, path }, (answer) =>
      resolve(answer.resume().statusCode),
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

describe('the door of a running router', () => {
  it.each(['state', 'a-folder-whose-name-is-so-long-that-no-socket-fits-into-it-'.repeat(2)])(
    'lets a command find it, read its bypass and set it (in %s)',
    async (name) => {
      const folder = stateFolder(name)
      const { pair, told, close } = await opened(folder)
      const [router] = await runningRouters(folder)
      expect(router).toMatchObject({
        url: pair.router.url,
        config: '~/gameday.yaml',
        standing: { state: 'routing', bypass: null, inFlight: 0 },
      })
      expect(await askBypass(router!, { to: 'secondary' })).toMatchObject({ bypass: { to: 'secondary' } })
      expect(await pair.ask()).toMatchObject({ servedBy: 'secondary' })
      await askBypass(router!, { to: 'secondary' })
      expect(await askBypass(router!, { to: null })).toMatchObject({ state: 'routing' })
      expect(told).toEqual(['secondary', null])
      expect(statSync(router!.socket).mode & 0o777).toBe(0o600)
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      await close()
      expect([await runningRouters(folder), readdirSync(folder), existsSync(router!.socket)]).toEqual([
        [],
        [],
        false,
      ])
    },
  )

  it('makes nothing of what it does not understand', async () => {
    const folder = stateFolder()
    const { pair, told } = await opened(folder)
    const [router] = await runningRouters(folder)
    for (const [method, path, body, status] of [
      ['PUT', '/bypass', 'nonsense', 400],
      ['PUT', '/bypass', '{"to":"third"}', 400],
      ['PUT', '/bypass', `{"to":null,"x":"${'x'.repeat(2000)}"}`, 400],
      ['POST', '/stop', '', 404],
    ] as const)
      expect(await say(router!, method, path, body)).toBe(status)
    expect([told, pair.router.state().state]).toEqual([[], 'routing'])
  })

  it('tells why the router does not do it', async () => {
    const folder = stateFolder()
    const { pair } = await opened(folder)
    await pair.router.bypass('primary')
    await pair.router.reload(pair.settings({ cache: { mode: 'on-hit', file: '/nowhere/x.db' } }))
    const [router] = await runningRouters(folder)
    await expect(askBypass(router!, { to: null })).rejects.toMatchObject({
      code: 'BYPASS_REFUSED',
      exitCode: 3,
      message: expect.stringContaining('/nowhere/x.db') as unknown,
    })
  })

  it('of a dead one is cleared away, and what another version wrote is left alone', async () => {
    const folder = stateFolder()
    await opened(folder, 'r2')
    await opened(folder, 'r1')
    const dead = {
      id: 'r3',
      url: 'http://x/v1',
      config: 'c',
      startedAt: 's',
      socket: join(folder, 'r3.door.sock'),
    }
    writeFileSync(join(folder, 'r3.json'), JSON.stringify(dead))
    writeFileSync(join(folder, 'r4.json'), '{"of":"another version"}')
    expect((await runningRouters(folder)).map(({ id }) => id)).toEqual(['r1', 'r2'])
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .toSorted(),
    ).toEqual(['r1.json', 'r2.json', 'r4.json'])
  })

  it('of one that is stuck is said to be out of reach, and a look for another passes it over', async () => {
    const folder = stateFolder()
    await opened(folder, 'r1')
    const socket = join(folder, 'r9.door.sock')
    const stuck = createServer((asked) => asked.socket.destroy())
    await new Promise<void>((resolve) => stuck.listen(socket, resolve))
    onTestFinished(() => void stuck.close())
    const facts = { id: 'r9', url: 'http://stuck/v1', config: 'c', startedAt: 's', socket }
    writeFileSync(join(folder, 'r9.json'), JSON.stringify(facts))
    await expect(runningRouters(folder)).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE', exitCode: 3 })
    expect(await runningRouters(folder, ({ id }) => id === 'r1')).toHaveLength(1)
  })

  it('is not opened where it cannot be, and says so', async () => {
    const folder = stateFolder()
    writeFileSync(folder, 'no folder')
    chmodSync(folder, 0o600)
    await expect(opened(folder)).rejects.toMatchObject({
      code: 'DOOR_NOT_OPENED',
      message: expect.stringContaining('gameday bypass cannot reach this router') as unknown,
    })
  })
})
