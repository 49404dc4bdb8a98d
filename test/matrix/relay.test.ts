import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { messageOf } from '../../src/base/index.ts'
import { startRelay, type Call, type Relay } from '../support/matrix-relay.ts'
import { comesTrue } from './watch.ts'

const SOON_MS = 5000
const NOT_YET_MS = 150
const isPost = ({ method }: Call) => method === 'POST'

describe('the relay before a control port', () => {
  let server: Server
  let seen: string[]
  let relay: Relay
  let url: string

  beforeEach(async () => {
    seen = []
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (piece: Buffer) => (body += piece.toString()))
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${body}`)
        response
          .writeHead(201, { 'content-type': 'text/plain', 'x-seen': 'yes' })
          .end(`did ${request.method}`)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    relay = await startRelay(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    url = `${relay.url}/proxies`
  })
  afterEach(async () => {
    await relay.close()
    server.closeAllConnections()
    server.close()
  })

  /** Makes a call, and tells whether it has been answered. */
  function call(init?: RequestInit) {
    const state = { answered: false }
    const answer = fetch(url, init).then(async (response) => {
      state.answered = true
      return `${response.status} ${await response.text()}`
    })
    return { state, answer }
  }
  const pause = () => new Promise((resolve) => setTimeout(resolve, NOT_YET_MS))

  it('forwards calls and answers as they are', async () => {
    const answer = await fetch(url, { method: 'POST', body: '{"a":1}' })
    expect([answer.status, answer.headers.get('x-seen'), await answer.text()]).toEqual([
      201,
      'yes',
      'did POST',
    ])
    expect(seen).toEqual(['POST /proxies {"a":1}'])
    expect(relay.calls).toMatchObject([{ method: 'POST', path: '/proxies', body: '{"a":1}' }])
  })

  it('holds the first call that matches before it is made, and lets all others pass', async () => {
    const hold = relay.hold('before it is forwarded', isPost)
    const held = call({ method: 'POST', body: 'first' })
    await hold.reached
    await pause()
    expect(await call({ method: 'POST', body: 'second' }).answer).toBe('201 did POST')
    expect(await call().answer).toBe('201 did GET')
    expect([held.state.answered, hold.held()]).toEqual([false, 1])
    expect(seen).toEqual(['POST /proxies second', 'GET /proxies '])
    await hold.release()
    expect(await held.answer).toBe('201 did POST')
    expect(seen.at(-1)).toBe('POST /proxies first')
  })

  it('holds those that come right beside it too, and says how many', async () => {
    const hold = relay.hold('before it is forwarded', isPost)
    const both = [call({ method: 'POST' }), call({ method: 'POST' })]
    await hold.reached
    await pause()
    expect([hold.held(), seen]).toEqual([2, []])
    await hold.release()
    expect(await Promise.all(both.map(({ answer }) => answer))).toEqual(['201 did POST', '201 did POST'])
  })

  it('holds the answer of a call that was made', async () => {
    const hold = relay.hold('before its answer is handed on', isPost)
    const held = call({ method: 'POST', body: 'first' })
    await hold.reached
    expect(seen).toEqual(['POST /proxies first'])
    await pause()
    expect(held.state.answered).toBe(false)
    await hold.release()
    expect(await held.answer).toBe('201 did POST')
  })

  it('drops a held call whose caller has gone', async () => {
    const hold = relay.hold('before it is forwarded', isPost)
    const caller = new AbortController()
    const { answer } = call({ method: 'POST', signal: caller.signal })
    await hold.reached
    caller.abort()
    await expect(answer).rejects.toThrow(/fetch failed|aborted/)
    await hold.release()
    await call().answer
    expect(seen).toEqual(['GET /proxies '])
  })

  it('cuts what is held and refuses all when it goes down, and is back on its port when it comes up', async () => {
    const hold = relay.hold('before it is forwarded', isPost)
    const held = call({ method: 'POST' })
    await hold.reached
    const outcome = held.answer.catch((error: unknown) => messageOf(error))
    await relay.down()
    expect(await outcome).toBe('fetch failed')
    await expect(call().answer).rejects.toThrow(/fetch failed|aborted/)
    await relay.up()
    expect(await call().answer).toBe('201 did GET')
    expect(seen).toEqual(['GET /proxies '])
  })

  it('cuts the connection of a caller when the server behind it is gone', async () => {
    server.closeAllConnections()
    server.close()
    await expect(call().answer).rejects.toThrow(/fetch failed|aborted/)
  })

  it('tells of each call whose it is', async () => {
    const ports: number[] = []
    const stop = relay.onCall(({ from }) => ports.push(from))
    await call().answer
    stop()
    await call().answer
    expect(ports).toEqual([expect.any(Number)])
    expect(await comesTrue(() => relay.calls.length === 2, SOON_MS)).toBe(true)
  })
})
