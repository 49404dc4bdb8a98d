import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { chatBody, KEYS, startPair, until } from '../../support/router-pair.ts'
import {
  breaksAfter,
  hangs,
  refuses,
  sends,
  startStream,
  streamEvents,
  streams,
} from '../../support/router-upstream.ts'

const { role, content } = streamEvents('secondary')
const [first = ''] = content

describe('the bypass', () => {
  it('sends everything to its provider: other paths, methods, queries and bodies, with that provider’s key', async () => {
    const pair = await startPair({
      bypass: 'secondary',
      secondary: sends(201, 'anything', { 'content-type': 'text/plain', 'x-own': '1' }),
    })
    const root = pair.router.url.slice(0, -3)
    for (const [method, path, body] of [
      ['POST', '/v1/chat/completions', chatBody(false)],
      ['POST', '/v1/embeddings?x=1', 'not json, ümlaut'],
      ['GET', '/v1/models', undefined],
      ['DELETE', '/v1/files/f1', undefined],
    ] as const) {
      const answer = await request(root + path, {
        method,
        headers: { authorization: 'Bearer callers-own', 'x-custom': 'kept' },
        ...(body === undefined ? {} : { body }),
      })
      expect([answer.statusCode, await answer.body.text()]).toEqual([201, 'anything'])
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain',
        'x-own': '1',
        'x-gameday-served-by': 'secondary',
      })
      expect(pair.secondary.asked.at(-1)).toMatchObject({
        method,
        path,
        body: body ?? '',
        headers: { authorization: `Bearer ${KEYS.secondary}`, 'x-custom': 'kept' },
      })
    }
    expect(pair.primary.asked).toHaveLength(0)
  })

  it.each([
    ['a revoked key', refuses('invalid-api-key'), 401],
    ['an overload', refuses('overloaded'), 503],
    ['an empty 200', sends(200, '{"choices":[]}'), 200],
    ['a stream without content', streams(role), 200],
  ] as const)('does not judge: %s comes back as it is', async (_name, script, status) => {
    const pair = await startPair({ bypass: 'primary', primary: script })
    for (let n = 0; n < 4; n++)
      expect(await pair.ask({ stream: true })).toMatchObject({ status, clean: true, attempts: '1' })
    expect(pair.primary.asked).toHaveLength(4)
    expect(pair.secondary.asked).toHaveLength(0)
    expect(pair.events).toEqual([])
  })

  it('does not even replace the model', async () => {
    const pair = await startPair({ bypass: 'primary', targets: { primary: { model: 'other' } } })
    await pair.ask()
    expect(pair.primary.asked[0]?.body).toBe(chatBody(false))
  })

  it('streams, and hangs up on the provider when the caller does', async () => {
    const pair = await startPair({
      bypass: 'primary',
      primary: (response) => {
        startStream(response)
        response.write(role + first)
      },
    })
    const hangUp = new AbortController()
    const answer = await request(`${pair.router.url}/chat/completions`, {
      method: 'POST',
      body: chatBody(true),
      signal: hangUp.signal,
    })
    for await (const chunk of answer.body) {
      expect(String(chunk)).toBe(role + first)
      break
    }
    hangUp.abort()
    await until(() => pair.primary.asked[0]?.hungUp === true)
  })

  it('hangs up on a provider that has not answered yet', async () => {
    const pair = await startPair({ bypass: 'primary', primary: hangs })
    const hangUp = new AbortController()
    const reply = pair.ask({ signal: hangUp.signal }).catch(() => null)
    await until(() => pair.primary.asked.length === 1)
    hangUp.abort()
    await reply
    await until(() => pair.primary.asked[0]?.hungUp === true)
    expect(pair.primary.asked).toHaveLength(1)
  })

  it('breaks off when the provider does', async () => {
    const pair = await startPair({ bypass: 'primary', primary: breaksAfter(role, first) })
    expect(await pair.ask({ stream: true })).toMatchObject({ text: role + first, clean: false })
  })

  it('says so when its provider cannot be reached', async () => {
    const pair = await startPair({ bypass: 'primary' })
    await pair.primary.stop()
    const reply = await pair.ask()
    expect(reply.status).toBe(502)
    expect(JSON.parse(reply.text)).toMatchObject({ error: { type: 'connection', code: 'ECONNREFUSED' } })
    expect(pair.secondary.asked).toHaveLength(0)
  })
})
