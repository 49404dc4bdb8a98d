import { describe, expect, it } from 'vitest'
import { GamedayError } from '../../../src/base/index.ts'
import { chatRequests } from '../../../src/load/request.ts'
import { findMarker, formatOf, tenantMark } from '../../../src/wire/index.ts'

const prompt = { tenant: 'acme', feature: 'search', context: 'short', text: 'Where is my parcel?' } as const
const ACME = tenantMark('r7', 'acme')
const endpoint = { url: 'http://127.0.0.1:9/v1', key: 'gate-key' }

function body(stream: boolean): Record<string, unknown> {
  return JSON.parse(chatRequests(endpoint, 'gpt-4o-mini', 'r7')({ prompt, stream }, 'm12').body)
}

describe('a chat request', () => {
  it('carries its marker at the end of the text and in user', () => {
    const { messages, user } = body(false) as { messages: { content: string }[]; user: string }
    expect(messages.at(-1)?.content).toBe(`Where is my parcel?\n[gd:r7:m12:${ACME}]`)
    expect(findMarker(user)).toEqual({ runTag: 'r7', requestId: 'm12', tenant: ACME })
  })

  it('tells the gate whose it is, and names the tenant to no provider', () => {
    const build = chatRequests(endpoint, 'm', 'r7')
    const marked = (tenant: string) =>
      findMarker(JSON.parse(build({ prompt: { ...prompt, tenant }, stream: false }, 'm1').body).user)?.tenant
    expect(marked('acme')).toBe(ACME)
    expect(marked('Grüße [x]: 1')).toBe(tenantMark('r7', 'Grüße [x]: 1'))
    expect(tenantMark('r8', 'acme')).not.toBe(ACME)
    expect(build({ prompt, stream: false }, 'm1').body).not.toContain('acme')
  })

  it('asks a stream to state its tokens, and a plain answer for nothing of the kind', () => {
    expect(body(true)).toMatchObject({
      model: 'gpt-4o-mini',
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(body(false)).toMatchObject({ model: 'gpt-4o-mini', stream: false })
    expect(body(false)).not.toHaveProperty('stream_options')
  })

  it.each([
    ['http://127.0.0.1:9/v1', '/v1/chat/completions'],
    ['http://127.0.0.1:9/v1/', '/v1/chat/completions'],
    ['http://127.0.0.1:9/proxy/openai/v1?region=eu', '/proxy/openai/v1/chat/completions?region=eu'],
  ])('to %s goes to %s', (url, path) => {
    const request = chatRequests({ ...endpoint, url }, 'm', 'r7')({ prompt, stream: false }, 'm1')
    expect(request).toMatchObject({ origin: 'http://127.0.0.1:9', path })
    expect(request.headers).toMatchObject({ authorization: 'Bearer gate-key' })
  })

  it('to an endpoint of Anthropic’s is one of Messages, with its marker, its key and its version', () => {
    const build = chatRequests({ ...endpoint, format: 'anthropic' }, 'claude', 'r7')
    const request = build({ prompt, stream: true }, 'm12')
    const asked = formatOf('anthropic').readRequest(JSON.parse(request.body))
    expect(request.path).toBe('/v1/messages')
    expect(request.headers).toMatchObject({ 'x-api-key': 'gate-key', 'anthropic-version': '2023-06-01' })
    expect(asked).toMatchObject({ model: 'claude', stream: true, user: `[gd:r7:m12:${ACME}]` })
    expect(findMarker(asked.lastUserText)).toEqual({ runTag: 'r7', requestId: 'm12', tenant: ACME })
  })

  it.each([
    ['no URL', { url: 'localhost:8080', key: 'k' }],
    ['another protocol', { url: 'ftp://127.0.0.1/v1', key: 'k' }],
    ['no key', { ...endpoint, key: '' }],
    ['a key with a line break', { ...endpoint, key: 'sk-CANARY\n' }],
  ])('with %s is refused before anything is sent, without naming the key', (_, bad) => {
    expect(() => chatRequests(bad, 'm', 'r7')).toThrow(GamedayError)
    expect(() => chatRequests(bad, 'm', 'r7')).not.toThrow(/CANARY/)
  })
})

describe('the tags of a request', () => {
  it('go with it as headers, but for those that no header can carry', () => {
    const headers = (tenant: string) =>
      chatRequests(endpoint, 'm', 'r7')({ prompt: { ...prompt, tenant }, stream: false }, 'm1').headers
    expect(headers('acme')).toMatchObject({ 'x-gameday-tenant': 'acme', 'x-gameday-feature': 'search' })
    expect(headers('Grüße')).not.toHaveProperty('x-gameday-tenant')
  })
})
