import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startToxiproxyServer } from '../../../../src/toxiproxy/index.ts'
import { systemClock } from '../../../../src/base/index.ts'
import { startBench, type Bench } from '../../../support/toxiproxy-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench({ version: 'git' })
})
afterAll(() => bench.close())
beforeEach(async () => {
  for (const { name } of await bench.control.listProxies()) await bench.control.deleteProxy(name)
})

const create = (fields: object = {}) =>
  bench.call(
    'POST',
    '/proxies',
    JSON.stringify({ name: 'p', listen: '127.0.0.1:0', upstream: 'u:1', ...fields }),
  )
const addToxic = (fields: object) => bench.call('POST', '/proxies/p/toxics', JSON.stringify(fields))
const errorText = (error: string, status: number) => `${JSON.stringify({ error, status })}\n`

describe('answers', () => {
  test('tell the version as Toxiproxy does, down to the space and the newline', async () => {
    const answer = await bench.call('GET', '/version')
    expect(answer.headers.get('content-type')).toBe('application/json;charset=utf-8')
    expect(await answer.text()).toBe('{"version": "git"}\n')
  })

  test('tell a proxy with the keys in Toxiproxy’s order', async () => {
    const answer = await create({ enabled: false })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/json'])
    expect(await answer.text()).toBe(
      '{"name":"p","listen":"127.0.0.1:0","upstream":"u:1","enabled":false,"Logger":{},"toxics":[]}',
    )
  })

  test('tell a toxic with its attributes first, filled up with zeros', async () => {
    await create()
    const answer = await addToxic({ type: 'latency', toxicity: 0.2, attributes: { jitter: 3 } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await answer.text()).toBe(
      '{"attributes":{"latency":0,"jitter":3},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":0.2}',
    )
  })

  test('list upstream toxics before downstream ones, each in the order in which they were added', async () => {
    await create()
    for (const [name, stream] of [
      ['a', 'downstream'],
      ['b', 'upstream'],
      ['c', 'downstream'],
      ['d', 'upstream'],
    ])
      await addToxic({ type: 'noop', name, stream })
    const toxics = (await (await bench.call('GET', '/proxies/p/toxics')).json()) as { name: string }[]
    expect(toxics.map(({ name }) => name)).toEqual(['b', 'd', 'a', 'c'])
  })

  test('list proxies by name, in the order of bytes', async () => {
    for (const name of ['b', '10', '9', 'A']) await create({ name, enabled: false })
    expect(
      [...(await (await bench.call('GET', '/proxies')).text()).matchAll(/"name":"(\w+)"/g)].map(
        ([, name]) => name,
      ),
    ).toEqual(['10', '9', 'A', 'b'])
  })

  test('escape what HTML minds', async () => {
    await create({ name: '<&>', enabled: false })
    expect(await (await bench.call('GET', '/proxies/%3C%26%3E')).text()).toContain(
      '"name":"\\u003c\\u0026\\u003e"',
    )
  })

  test('carry a request id of twenty characters on routes that exist, and none elsewhere', async () => {
    expect((await bench.call('GET', '/proxies')).headers.get('x-toxiproxy-request-id')).toMatch(/^.{20}$/)
    expect((await bench.call('GET', '/proxies/p')).headers.get('x-toxiproxy-request-id')).toMatch(/^.{20}$/)
    for (const path of ['/nope', '/proxies/'])
      expect((await bench.call('GET', path)).headers.get('x-toxiproxy-request-id')).toBeNull()
  })
})

describe('errors', () => {
  test.each([
    ['POST', '/proxies', '', 400, 'bad request body: EOF'],
    ['POST', '/proxies', '{"name":', 400, 'bad request body: unexpected EOF'],
    [
      'POST',
      '/proxies',
      '{name}',
      400,
      "bad request body: invalid character 'n' looking for beginning of object key string",
    ],
    [
      'POST',
      '/proxies',
      '{"name":5}',
      400,
      'bad request body: json: cannot unmarshal number into Go struct field Proxy.name of type string',
    ],
    [
      'POST',
      '/proxies',
      '{"enabled":"yes"}',
      400,
      'bad request body: json: cannot unmarshal string into Go struct field Proxy.enabled of type bool',
    ],
    [
      'POST',
      '/proxies',
      '[]',
      400,
      'bad request body: json: cannot unmarshal array into Go value of type toxiproxy.Proxy',
    ],
    ['POST', '/proxies', '{}', 400, 'missing required field: name'],
    ['POST', '/proxies', '{"name":"x"}', 400, 'missing required field: upstream'],
    ['POST', '/proxies', '{"name":"p","upstream":"u"}', 409, 'proxy already exists'],
    [
      'POST',
      '/proxies',
      '{"name":"x","upstream":"u","listen":"localhost"}',
      500,
      'listen tcp: address localhost: missing port in address',
    ],
    [
      'POST',
      '/proxies',
      '{"name":"x","upstream":"u","listen":"127.0.0.1:99999"}',
      500,
      'listen tcp: address 99999: invalid port',
    ],
    ['PATCH', '/proxies/p', '{"listen":"localhost"}', 500, 'address localhost: missing port in address'],
    ['PATCH', '/proxies/x', '{}', 404, 'proxy not found'],
    ['GET', '/proxies/x', undefined, 404, 'proxy not found'],
    ['DELETE', '/proxies/x', undefined, 404, 'proxy not found'],
    ['GET', '/proxies/x/toxics', undefined, 404, 'proxy not found'],
    ['DELETE', '/proxies/x/toxics/t', undefined, 404, 'proxy not found'],
    ['GET', '/proxies/p/toxics/x', undefined, 404, 'toxic not found'],
    ['PATCH', '/proxies/p/toxics/x', '{}', 404, 'toxic not found'],
    ['DELETE', '/proxies/p/toxics/x', undefined, 404, 'toxic not found'],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"latency","stream":"both"}',
      400,
      'stream was invalid, can be either upstream or downstream',
    ],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"latency","stream":""}',
      400,
      'stream was invalid, can be either upstream or downstream',
    ],
    ['POST', '/proxies/p/toxics', '{"type":"down"}', 400, 'invalid toxic type'],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"packet_loss"}',
      400,
      'invalid toxic type: packet_loss would cut pieces out of the byte stream, which no network does to TCP; use latency, bandwidth, timeout or limit_data',
    ],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"slicer"}',
      400,
      'bad request body: average_size must be greater than 0',
    ],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"slicer","attributes":{"average_size":5,"size_variation":6}}',
      400,
      'bad request body: size_variation must be at least 0 and at most average_size',
    ],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"slicer","attributes":{"delay":"x"}}',
      400,
      'bad request body: json: cannot unmarshal string into Go struct field SlicerToxic.attributes.delay of type int',
    ],
    [
      'PATCH',
      '/proxies/p',
      '{"upstream":"v","name":5,"listen":6}',
      400,
      'bad request body: json: cannot unmarshal number into Go struct field Proxy.name of type string',
    ],
    [
      'PATCH',
      '/proxies/p',
      '{"listen":6,"name":5}',
      400,
      'bad request body: json: cannot unmarshal number into Go struct field Proxy.listen of type string',
    ],
    [
      'POST',
      '/proxies',
      '{"Logger":5}',
      400,
      'bad request body: json: cannot unmarshal number into Go struct field Proxy.Logger of type zerolog.Logger',
    ],
    ['POST', '/proxies', '{"name":"x"', 400, 'bad request body: unexpected EOF'],
    [
      'POST',
      '/proxies',
      '{"name":"x","upstream":"u","listen":"127.1:0"}',
      500,
      'listen tcp: lookup 127.1: no such host',
    ],
    ['POST', '/proxies/p/toxics', '{"type":"noop","name":"t"}', 409, 'toxic already exists'],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"noop","name":"t","stream":"upstream"}',
      409,
      'toxic already exists',
    ],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"latency","attributes":{"latency":1.5}}',
      400,
      'bad request body: json: cannot unmarshal number 1.5 into Go struct field LatencyToxic.attributes.latency of type int64',
    ],
    [
      'POST',
      '/proxies/p/toxics',
      '{"type":"bandwidth","attributes":{"rate":-1}}',
      400,
      'bad request body: rate must be at least 0',
    ],
    [
      'PATCH',
      '/proxies/p/toxics/t',
      '{"toxicity":"x"}',
      400,
      'bad request body: json: cannot unmarshal string into Go struct field .toxicity of type float32',
    ],
  ])('%s %s %s is a %i', async (method, path, body, status, message) => {
    await create({ name: 'p' })
    await addToxic({ type: 'noop', name: 't' })
    const answer = await bench.call(method, path, body)
    expect([answer.status, await answer.text()]).toEqual([status, errorText(message, status)])
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['GET', '/nope', 404, '404 page not found\n'],
    ['GET', '/proxies/', 404, '404 page not found\n'],
    ['PUT', '/proxies', 405, ''],
    ['HEAD', '/proxies', 405, ''],
    ['OPTIONS', '/proxies', 405, ''],
    ['GET', '//proxies', 301, ''],
    ['GET', '/proxies/%zz', 400, '400 Bad Request'],
  ])('%s %s is a %i', async (method, path, status, body) => {
    const answer = await bench.call(method, path)
    expect([answer.status, await answer.text()]).toEqual([status, body])
  })

  test('answer what is no request of HTTP as Go does', async () => {
    const socket = connect(bench.server.port, '127.0.0.1')
    socket.write('GET /proxies/a b HTTP/1.1\r\n\r\n')
    const parts: Buffer[] = []
    for await (const part of socket) parts.push(Buffer.from(part))
    expect(Buffer.concat(parts).toString()).toBe(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    )
  })

  test('refuse a browser on every route that exists', async () => {
    const answer = await bench.call('GET', '/proxies', undefined, { 'user-agent': 'Mozilla/5.0' })
    expect([answer.status, await answer.text()]).toEqual([403, 'User agent not allowed\n'])
    expect((await bench.call('GET', '/proxies', undefined, { 'user-agent': 'Wget/1.9' })).status).toBe(200)
  })

  test('refuse a body that is no request of ours', async () => {
    expect((await bench.call('POST', '/proxies', ' '.repeat(2_000_000))).status).toBe(413)
  })
})

describe('proxies', () => {
  test('listen on every address and a port of the kernel’s choice unless told', async () => {
    const state = (await (await create({ listen: undefined })).json()) as { listen: string }
    expect(state.listen).toMatch(/^(\[::\]|0\.0\.0\.0):[1-9]\d*$/)
  })

  test('resolve a name to IPv4', async () => {
    const state = (await (await create({ listen: 'localhost:0' })).json()) as { listen: string }
    expect(state.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
  })

  test('take keys in any case and ignore what they do not know and what follows', async () => {
    const answer = await bench.call(
      'POST',
      '/proxies',
      '{"NAME":"caps","Upstream":"u","listen":"127.0.0.1:0","x":[1],"enabled":null} and more',
    )
    expect(await answer.json()).toMatchObject({ name: 'caps', upstream: 'u', enabled: true })
  })

  test('ignore name and toxics in a change', async () => {
    await create()
    expect(
      await (await bench.call('POST', '/proxies/p', '{"name":"q","toxics":[1],"enabled":false}')).json(),
    ).toMatchObject({ name: 'p', enabled: false, toxics: [] })
  })

  test('take half a character in their name for U+FFFD, and K and ſ in keys for k and s', async () => {
    const body = '{"name":"a\\ud800","up\u017ftream":"u","enabled":false}'
    expect(await (await bench.call('POST', '/proxies', body)).json()).toMatchObject({
      name: 'a\ufffd',
      upstream: 'u',
    })
  })

  test('report an IPv4 address in IPv6 clothes as IPv4', async () => {
    const state = (await (await create({ listen: '[::ffff:127.0.0.1]:0' })).json()) as { listen: string }
    expect(state.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
  })

  test('with a slash in their name can be made, but not reached', async () => {
    const own = await startBench()
    const made = await own.call('POST', '/proxies', '{"name":"a/b","upstream":"u","enabled":false}')
    expect(made.status).toBe(201)
    expect((await own.call('GET', '/proxies/a%2Fb')).status).toBe(404)
    await own.close()
  })

  test('that are made at the same time under one name are one', async () => {
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await create()).status))
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(4)
  })
})

describe('toxics', () => {
  test('keep the case of their stream, also in their name', async () => {
    await create()
    expect(await (await addToxic({ type: 'latency', stream: 'UpStream' })).json()).toMatchObject({
      name: 'latency_UpStream',
      stream: 'UpStream',
    })
  })

  test('keep whole 64-bit numbers, and a toxicity below nothing', async () => {
    await create()
    const body = '{"type":"timeout","toxicity":-0,"attributes":{"timeout":9223372036854775807}}'
    expect(await (await bench.call('POST', '/proxies/p/toxics', body)).text()).toBe(
      '{"attributes":{"timeout":9223372036854775807},"name":"timeout_downstream","type":"timeout","stream":"downstream","toxicity":-0}',
    )
  })

  test('change by what is given, and by nothing else', async () => {
    await create()
    await addToxic({ type: 'latency', name: 't', toxicity: 0.5, attributes: { latency: 100, jitter: 10 } })
    const change = (body: object) =>
      bench.call('PATCH', '/proxies/p/toxics/t', JSON.stringify(body)).then((answer) => answer.json())
    expect(await change({ attributes: { latency: 7 }, name: 'x', type: 'noop', stream: 'upstream' })).toEqual(
      {
        attributes: { latency: 7, jitter: 10 },
        name: 't',
        type: 'latency',
        stream: 'downstream',
        toxicity: 0.5,
      },
    )
    expect(await change({ toxicity: 1 })).toMatchObject({
      toxicity: 1,
      attributes: { latency: 7, jitter: 10 },
    })
  })

  test('do not change at all by a change that is refused', async () => {
    await create()
    await addToxic({ type: 'latency', name: 't', attributes: { latency: 100 } })
    expect(
      (await bench.call('PATCH', '/proxies/p/toxics/t', '{"attributes":{"latency":5},"toxicity":"x"}'))
        .status,
    ).toBe(400)
    expect(await (await bench.call('GET', '/proxies/p/toxics/t')).json()).toMatchObject({
      attributes: { latency: 100 },
    })
  })
})

describe('populate', () => {
  const populate = async (body: string) => {
    const answer = await bench.call('POST', '/populate', body)
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }
  }

  test.each(['[]', 'null'])('of %s makes none and says null', async (body) => {
    expect(await populate(body)).toEqual({ status: 201, type: 'application/json', body: '{"proxies":null}' })
  })

  test('makes proxies, leaves alone what is there already, and replaces what differs', async () => {
    const first = JSON.parse((await populate('[{"name":"a","upstream":"u","listen":"127.0.0.1:0"}]')).body)
      .proxies[0]
    await bench.call('POST', '/proxies/a/toxics', '{"type":"noop"}')
    const same = JSON.parse((await populate(JSON.stringify([{ ...first, enabled: false }]))).body).proxies[0]
    expect(same).toMatchObject({ listen: first.listen, enabled: true, toxics: [{ type: 'noop' }] })
    const other = JSON.parse((await populate(JSON.stringify([{ ...first, upstream: 'v' }]))).body).proxies[0]
    expect(other).toMatchObject({ listen: first.listen, upstream: 'v', toxics: [] })
  })

  test('makes none when one is bad', async () => {
    expect(await populate('[{"name":"a","upstream":"u"},{"upstream":"u"}]')).toEqual({
      status: 400,
      type: 'application/json',
      body: '{"error":"missing required field: name at proxy 2","status":400,"proxies":null}',
    })
    expect(await bench.control.listProxies()).toEqual([])
  })

  test('keeps those before the one that cannot listen', async () => {
    const { status, body } = await populate(
      '[{"name":"a","upstream":"u","enabled":false,"listen":"x:1"},{"name":"b","upstream":"u","listen":"bad"},{"name":"c","upstream":"u"}]',
    )
    expect(status).toBe(500)
    expect(JSON.parse(body)).toMatchObject({
      error: 'listen tcp: address bad: missing port in address',
      proxies: [{ name: 'a' }],
    })
    expect(await bench.control.listProxies()).toHaveLength(1)
  })
})

describe('the control port', () => {
  test('that is taken is refused with what to do', async () => {
    await expect(
      startToxiproxyServer({ host: '127.0.0.1', port: bench.server.port, seed: 1, clock: systemClock }),
    ).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      exitCode: 2,
      message: `The embedded Toxiproxy cannot listen on 127.0.0.1:${bench.server.port}: something else does already.`,
    })
  })
})
