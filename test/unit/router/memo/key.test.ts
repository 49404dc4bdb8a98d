import { describe, expect, it } from 'vitest'
import type { FormatId } from '../../../../src/base/index.ts'
import { cacheControlOf, keyOf } from '../../../../src/router/memo/index.ts'
import { withMarker } from '../../../../src/wire/index.ts'

const text = 'Summarize:\n  - one\n  - café'
const body = (content: unknown, more: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content }],
  ...more,
})
const key = (value: object, tenant: string | null = 'birch', format: FormatId = 'openai') =>
  keyOf({ format, tenant, body: value })
const original = key(body(text))

describe('the key of an answer', () => {
  it.each([
    ['asked for as a stream', body(text, { stream: true, stream_options: { include_usage: true } })],
    ['from another user of the tenant', body(text, { user: 'u2', metadata: { tenant: 'birch' } })],
    ['with other line breaks', body(text.replaceAll('\n', '\r\n'))],
    ['with white space at the ends of lines and of all', body(`\n${text.replaceAll('\n', '  \n')}\n\n`)],
    ['with an accent composed of two', body(text.normalize('NFD'))],
    ['in one part of text', body([{ type: 'text', text }])],
    ['in another order of fields', { messages: [{ content: text, role: 'user' }], model: 'gpt-4o-mini' }],
    ['with the marker of a drill', body(withMarker(text, { runTag: 'r1', requestId: 'm7' }))],
  ])('is the same for the same question %s', (_how, other) => {
    expect(key(other)).toBe(original)
  })

  it.each([
    ['another tenant', key(body(text), 'alder')],
    ['no tenant', key(body(text), null)],
    ['a tenant called null', key(body(text), 'null')],
    ['another format', key(body(text), 'birch', 'anthropic')],
    ['another model', key({ ...body(text), model: 'gpt-4o' })],
    ['another word', key(body(text.replace('one', 'two')))],
    ['another indentation, which code may mean', key(body(text.replace('  -', '    -')))],
    ['other capitals', key(body(text.toUpperCase()))],
    [
      'a turn more',
      key({ model: 'gpt-4o-mini', messages: [...body(text).messages, { role: 'assistant', content: 'ok' }] }),
    ],
    ['another role', key({ model: 'gpt-4o-mini', messages: [{ role: 'system', content: text }] })],
    ['another temperature', key(body(text, { temperature: 0 }))],
    ['another limit', key(body(text, { max_tokens: 5 }))],
    ['tools', key(body(text, { tools: [{ type: 'function', function: { name: 'f' } }] }))],
    ['a marker in the middle, which is a part of the text', key(body(`[gd:r1:m7] ${text}`))],
    ['a field that nobody knows yet', key(body(text, { thinking: true }))],
  ])('is another for %s', (_what, other) => {
    expect(other).not.toBe(original)
  })

  it('tells nothing of what was asked', () => {
    expect(original).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is the one it was: whoever changes the normalization raises its number', () => {
    expect(original).toBe('971227d7984113b96e319a8372252127cd1d7632496bd193375ac25947c367e7')
  })

  it.each([{ logprobs: true }, { audio: { voice: 'x' } }])('is none for what is not kept: %j', (more) => {
    expect(key(body(text, more))).toBeNull()
    expect(key(body(text, { logprobs: false }))).not.toBeNull()
  })
})

describe('the key of an answer in Anthropic’s format', () => {
  const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const part = { type: 'text', text }
  const claude = (more: object = {}, said: unknown[] = ['2023-06-01', undefined]) =>
    keyOf({ format: 'anthropic', tenant: 'birch', body: { ...body(text), system: text, ...more }, said })

  it.each([
    ['asked for as a stream', { stream: true }],
    ['from another user of the tenant', { metadata: { user_id: 'u2' } }],
    ['with system text in a block', { system: [part] }],
    [
      'with breakpoints of the prompt cache',
      { ...mark, system: [{ ...part, ...mark }], ...body([{ ...part, ...mark }]) },
    ],
  ])('is the same for the same question %s', (_how, more) => {
    expect(claude(more)).toBe(claude())
  })

  it.each([
    ['other system text', claude({ system: 'other' })],
    ['a field of the other vendor’s bookkeeping, which may mean anything here', claude({ user: 'u2' })],
    ['a feature in trial, which a header asks for', claude({}, ['2023-06-01', 'thoughts-2026'])],
    ['tools', claude({ tools: [{ name: 'f', input_schema: {} }] })],
  ])('is another for %s', (_what, other) => {
    expect(other).not.toBe(claude())
  })
})

describe('a caller’s cache-control', () => {
  it.each([
    [undefined, true, Infinity],
    ['', true, Infinity],
    ['no-store', false, 0],
    ['No-Cache', true, 0],
    ['max-age=60', true, 60_000],
    ['max-age=0', true, 0],
    ['max-age=60, max-age=5', true, 5000],
    ['no-cache, no-store', false, 0],
    ['max-age=soon, private, nonsense', true, Infinity],
  ])('%j is read', (header, keep, maxAgeMs) => {
    expect(cacheControlOf(header)).toEqual({ keep, maxAgeMs })
  })
})
