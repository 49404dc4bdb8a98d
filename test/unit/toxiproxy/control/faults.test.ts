import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { toxiproxyControl, ToxiproxyError } from '../../../../src/toxiproxy/index.ts'
import { harmless } from '../../../support/toxiproxy-bench.ts'

const URL_OF_FAKE = 'http://fake.test:8474'

async function failure(promise: Promise<unknown>): Promise<ToxiproxyError> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ToxiproxyError)
  return error as ToxiproxyError
}

describe('the control client against servers that misbehave', () => {
  const fake = setupServer()
  const control = toxiproxyControl({ url: URL_OF_FAKE, timeoutMs: 150 })
  beforeAll(() => fake.listen({ onUnhandledRequest: 'error' }))
  afterEach(() => fake.resetHandlers())
  afterAll(() => fake.close())

  const state = { name: 'p', listen: '127.0.0.1:1', upstream: 'u:1', enabled: false, Logger: {}, toxics: [] }

  test.each([
    ['{"version": "2.12.0"}\n', '2.12.0'],
    ['{"version": "git"}\n', 'git'],
    ['2.1.4', '2.1.4'],
    ['git', 'git'],
  ])('reads the version %j', async (body, version) => {
    fake.use(http.get(`${URL_OF_FAKE}/version`, () => HttpResponse.text(body)))
    expect(await control.version()).toBe(version)
  })

  test('does not take a web page for a Toxiproxy', async () => {
    fake.use(
      http.get(`${URL_OF_FAKE}/version`, () => HttpResponse.html('<html>\n<h1>Welcome to nginx</h1></html>')),
    )
    const error = await failure(control.version())
    expect(error).toMatchObject({ code: 'TOXIPROXY_REFUSED', exitCode: 3 })
    expect(error.message).toContain(`what answers at ${URL_OF_FAKE} does not speak Toxiproxy's API`)
  })

  test.each([
    ['nothing', ''],
    ['no JSON', 'ok'],
    ['another shape', '{"id":1}'],
    ['null', 'null'],
  ])('does not take %s for a proxy', async (_what, body) => {
    fake.use(
      http.get(`${URL_OF_FAKE}/proxies/p`, () => HttpResponse.text(body)),
      http.post(`${URL_OF_FAKE}/proxies`, () => HttpResponse.text(body, { status: 201 })),
      http.post(`${URL_OF_FAKE}/proxies/p/toxics`, () => HttpResponse.text(body)),
    )
    expect(await failure(control.getProxy('p'))).toMatchObject({ code: 'TOXIPROXY_REFUSED' })
    expect(
      await failure(control.createProxy({ name: 'p', listen: '127.0.0.1:0', upstream: 'u:1' })),
    ).toMatchObject({ code: 'TOXIPROXY_REFUSED' })
    expect(await failure(control.addToxic('p', harmless()))).toMatchObject({
      code: 'TOXIPROXY_REFUSED',
    })
  })

  test('updates by POST, which the oldest servers know, and sends nothing but the change', async () => {
    let sent: unknown
    fake.use(
      http.post(`${URL_OF_FAKE}/proxies/p`, async ({ request }) => {
        sent = await request.json()
        return HttpResponse.json(state)
      }),
    )
    expect(await control.setEnabled('p', false)).toEqual({
      name: 'p',
      listen: '127.0.0.1:1',
      upstream: 'u:1',
      enabled: false,
      toxics: [],
    })
    expect(sent).toEqual({ enabled: false })
  })

  test('updates by PATCH where POST is no longer known', async () => {
    fake.use(
      http.post(`${URL_OF_FAKE}/proxies/p`, () => new HttpResponse(null, { status: 405 })),
      http.patch(`${URL_OF_FAKE}/proxies/p`, () => HttpResponse.json(state)),
    )
    expect(await control.setEnabled('p', false)).toMatchObject({ enabled: false })
  })

  test('says that a frozen server is frozen', async () => {
    const page = '<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>'
    fake.use(http.delete(`${URL_OF_FAKE}/proxies/p/toxics/t`, () => HttpResponse.html(page, { status: 503 })))
    const error = await failure(control.removeToxic('p', 't'))
    expect(error).toMatchObject({ code: 'TOXIPROXY_REFUSED', status: 503, serverText: page })
    expect(error.hint).toContain('frozen')
  })

  test('says that a server which asks for a token cannot be used', async () => {
    fake.use(
      http.get(`${URL_OF_FAKE}/version`, () =>
        HttpResponse.json({ error: 'missing or invalid auth token', status: 401 }, { status: 401 }),
      ),
    )
    const error = await failure(control.version())
    expect(error).toMatchObject({ status: 401, serverText: 'missing or invalid auth token' })
    expect(error.hint).toContain('TOXIPROXY_AUTH_TOKEN')
  })

  test('does not follow a redirect, which would turn a POST into a GET', async () => {
    fake.use(
      http.post(
        `${URL_OF_FAKE}/proxies`,
        () => new HttpResponse(null, { status: 301, headers: { location: '/proxies' } }),
      ),
    )
    expect(
      await failure(control.createProxy({ name: 'p', listen: '127.0.0.1:0', upstream: 'u:1' })),
    ).toMatchObject({ status: 301 })
  })

  test('does not take a wrong URL for a proxy that is gone', async () => {
    fake.use(
      http.delete(`${URL_OF_FAKE}/proxies/p`, () =>
        HttpResponse.text('404 page not found\n', { status: 404 }),
      ),
    )
    expect(await failure(control.deleteProxy('p'))).toMatchObject({
      status: 404,
      serverText: '404 page not found',
    })
  })

  test('shortens a text that would fill the screen', async () => {
    fake.use(http.get(`${URL_OF_FAKE}/proxies`, () => HttpResponse.text('x'.repeat(5000), { status: 500 })))
    expect((await failure(control.listProxies())).message.length).toBeLessThan(400)
  })

  test('gives up on an answer that does not come', async () => {
    fake.use(http.get(`${URL_OF_FAKE}/proxies`, () => new Promise<never>(() => undefined)))
    expect(await failure(control.listProxies())).toMatchObject({
      code: 'TOXIPROXY_TIMEOUT',
      exitCode: 3,
      message: `Could not list the proxies: Toxiproxy at ${URL_OF_FAKE} did not answer within 150 ms.`,
    })
  })
})

describe('the control client on real sockets', () => {
  const servers: Server[] = []
  const sockets: Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
    for (const server of servers.splice(0)) server.close()
  })

  async function listening(onConnection: (socket: Socket) => void): Promise<string> {
    const server = createServer((socket) => {
      sockets.push(socket)
      onConnection(socket)
    })
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test.each([
    ['never answers', () => undefined],
    [
      'stops in the middle of its answer',
      (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"version"'),
    ],
  ])('gives up on a server that %s, and hangs up', async (_what, onRequest) => {
    let hangUp = () => {}
    const hungUp = new Promise<void>((resolve) => (hangUp = resolve))
    const url = await listening((socket) => {
      socket.once('data', () => onRequest(socket))
      socket.once('close', () => hangUp())
    })
    expect(await failure(toxiproxyControl({ url, timeoutMs: 200 }).version())).toMatchObject({
      code: 'TOXIPROXY_TIMEOUT',
      status: null,
    })
    await hungUp
  })

  test('says that nobody listens, with the reason that fetch hides', async () => {
    const url = await listening(() => undefined)
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const error = await failure(toxiproxyControl({ url, timeoutMs: 2000 }).version())
    expect(error).toMatchObject({
      code: 'TOXIPROXY_UNREACHABLE',
      exitCode: 3,
      status: null,
      serverText: null,
    })
    expect(error.message).toContain(`nothing answers as Toxiproxy at ${url} (connect ECONNREFUSED 127.0.0.1`)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('says so when the server hangs up', async () => {
    const url = await listening((socket) => socket.once('data', () => socket.destroy()))
    expect(await failure(toxiproxyControl({ url, timeoutMs: 2000 }).version())).toMatchObject({
      code: 'TOXIPROXY_UNREACHABLE',
    })
  })

  test('says so when the server speaks another protocol', async () => {
    const url = await listening((socket) => void socket.end('-ERR unknown command\r\n'))
    expect(await failure(toxiproxyControl({ url, timeoutMs: 2000 }).version())).toMatchObject({
      code: 'TOXIPROXY_UNREACHABLE',
    })
  })
})
