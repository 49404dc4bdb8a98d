import { execFileSync } from 'node:child_process'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { start, type Toxiproxy } from 'gameday/toxiproxy'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../support/program.ts'

const proxiesOf = async ({ url }: Toxiproxy) => (await (await fetch(`${url}/proxies`)).json()) as object

async function listening(onConnection?: (socket: Socket) => void) {
  const server = createServer(onConnection).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

describe('gameday/toxiproxy', () => {
  test('is found by the package’s own name, by Node itself, as it was built', () => {
    const script = `
      import { start } from 'gameday/toxiproxy'
      const toxiproxy = await start({ version: 'git' })
      process.stdout.write(await (await fetch(toxiproxy.url + '/version')).text())
      await toxiproxy.stop()`
    const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT })
    expect(said.toString()).toBe('{"version": "git"}\n')
    expect(import.meta.resolve('gameday/toxiproxy')).toMatch(/library\.(js|ts)$/)
  })

  test('starts with the proxies it is given, moves bytes through them, and stops', async () => {
    const echo = await listening((socket) => void socket.pipe(socket))
    const upstream = `127.0.0.1:${echo.port}`
    const toxiproxy = await start({ proxies: [{ name: 'echo', listen: '127.0.0.1:0', upstream }] })
    const { echo: proxy } = (await proxiesOf(toxiproxy)) as { echo: { listen: string } }
    const socket = connect(Number(proxy.listen.split(':')[1]), '127.0.0.1')
    socket.write('hello')
    const [data] = (await once(socket, 'data')) as [Buffer]
    expect(data.toString()).toBe('hello')
    socket.destroy()
    await toxiproxy.stop()
    await toxiproxy.stop()
    await expect(fetch(toxiproxy.url)).rejects.toThrow('fetch failed')
    echo.server.close()
  })

  test.each([
    [{ host: 'localhost' }, '127.0.0.1'],
    [{ host: '0.0.0.0' }, '127.0.0.1'],
    [{ host: '' }, '127.0.0.1'],
    [{}, '127.0.0.1'],
  ])('started with %j is reached at %s', async (options, host) => {
    const toxiproxy = await start(options)
    expect(toxiproxy.url).toBe(`http://${host}:${toxiproxy.port}`)
    expect(await proxiesOf(toxiproxy)).toEqual({})
    await toxiproxy.stop()
  })

  test.each([
    ['a proxy without an upstream', { name: 'a', listen: '127.0.0.1:0', upstream: '' }],
    ['a proxy whose port is taken', { name: 'a', listen: 'taken', upstream: 'u:1' }],
  ])('with %s does not start, and leaves no port open', async (_what, proxy) => {
    const busy = await listening()
    const free = await listening()
    free.server.close()
    await once(free.server, 'close')
    const first = { name: 'first', listen: `127.0.0.1:${free.port}`, upstream: 'u:1' }
    const listen = proxy.listen === 'taken' ? `127.0.0.1:${busy.port}` : proxy.listen
    await expect(start({ proxies: [first, { ...proxy, listen }] })).rejects.toMatchObject({
      code: 'PROXIES_REFUSED',
      exitCode: 2,
    })
    await expect(once(connect(free.port, '127.0.0.1'), 'connect')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    busy.server.close()
  })

  test('on a port that is taken, or an address that is none of this machine’s, says so', async () => {
    const first = await start()
    await expect(start({ port: first.port })).rejects.toMatchObject({ code: 'PORT_TAKEN' })
    await expect(start({ host: 'nohost.invalid' })).rejects.toMatchObject({ code: 'ADDRESS_UNUSABLE' })
    await first.stop()
  })
})
