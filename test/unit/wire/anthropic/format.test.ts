import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../../../src/base/index.ts'
import {
  anthropicFormat,
  anthropicMessage,
  ERROR_KINDS,
  tagText,
  type ErrorKind,
} from '../../../../src/wire/index.ts'
import { message, toolMessage } from '../../../support/router-anthropic.ts'

const user = (content: unknown) => ({ role: 'user', content })
const result = { type: 'tool_result', tool_use_id: 't', content: 'sunny' }

describe('a request', () => {
  it.each<[string, unknown, object]>([
    [
      'plain',
      { model: 'claude', messages: [user('hi')], max_tokens: 5 },
      { model: 'claude', lastUserText: 'hi' },
    ],
    ['a stream, which states its tokens unasked', { stream: true }, { stream: true, includeUsage: true }],
    [
      'blocks of text',
      {
        messages: [
          user([
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ]),
        ],
      },
      { lastUserText: 'a\nb' },
    ],
    ['a tool’s result after the text', { messages: [user('hi'), user([result])] }, { lastUserText: 'hi' }],
    ['a user', { metadata: { user_id: 'u1' } }, { user: 'u1' }],
    ['nothing of the kind', 7, { model: null, stream: false, lastUserText: '', user: null }],
    ['wrong types', { model: 1, messages: 'x', metadata: [] }, { model: null, lastUserText: '', user: null }],
  ])('is read: %s', (_, body, expected) => {
    expect(anthropicFormat.readRequest(body)).toMatchObject(expected)
  })
})

describe('a plain answer', () => {
  const verdict = (body: string) => {
    const answer = anthropicFormat.readAnswer(body)
    return answer.ok ? 'ok' : answer.error.class
  }

  it('is read with its cached tokens among those that went in', () => {
    expect(anthropicFormat.readAnswer(message('a'))).toEqual({
      ok: true,
      facts: {
        id: 'msg_a',
        tag: 'msg_a',
        model: 'claude-test',
        finishReason: 'end_turn',
        inputTokens: 100,
        outputTokens: 20,
        cacheReadTokens: 87,
        cacheWriteTokens: 3,
        cacheWrite1hTokens: null,
      },
    })
  })

  it('has the tag from its text before its id', () => {
    const head = { id: 'msg_router', created: 1, model: 'm' }
    const body = anthropicMessage(head, `Hi.${tagText('msg_p1')}`, { inputTokens: 1, outputTokens: 2 })
    expect(anthropicFormat.readAnswer(body)).toMatchObject({ facts: { id: 'msg_router', tag: 'msg_p1' } })
  })

  it.each<[string, string, string]>([
    ['a tool call', toolMessage('a'), 'ok'],
    ['no content', message('a', { content: [] }), 'empty'],
    ['an empty text', message('a', { content: [{ type: 'text', text: '' }] }), 'empty'],
    ['thoughts alone', message('a', { content: [{ type: 'thinking', thinking: 'hm' }] }), 'empty'],
    ['a refusal without a word', message('a', { content: [], stop_reason: 'refusal' }), 'refused'],
    ['no stop reason', message('a', { stop_reason: null }), 'malformed'],
    ['content of another shape', message('a', { content: 'hi' }), 'malformed'],
    ['another format’s answer', '{"choices":[]}', 'malformed'],
    ['HTML', '<html>', 'malformed'],
    [
      'an error in spite of the 200',
      anthropicFormat.errorAnswer('overloaded', { requestId: 'r' }).body,
      'overloaded',
    ],
  ])('%s', (_, body, expected) => {
    expect(verdict(body)).toBe(expected)
  })
})

describe('the vendor’s errors', () => {
  const expected: Record<ErrorKind, [number, FailureClass, string]> = {
    'invalid-api-key': [401, 'credential', 'authentication_error'],
    'account-deactivated': [400, 'credential', 'organization_on_hold'],
    'insufficient-quota': [400, 'quota', 'invalid_request_error'],
    'organization-disabled': [400, 'credential', 'invalid_request_error'],
    'missing-api-key': [401, 'credential', 'authentication_error'],
    'rate-limited': [429, 'rate-limit', 'rate_limit_error'],
    'server-error': [500, 'server-error', 'api_error'],
    overloaded: [529, 'overloaded', 'overloaded_error'],
    'unparsable-body': [400, 'caller-fault', 'invalid_request_error'],
    'missing-parameter': [400, 'caller-fault', 'invalid_request_error'],
    'too-many-breakpoints': [400, 'caller-fault', 'invalid_request_error'],
    'context-too-long': [400, 'caller-fault', 'invalid_request_error'],
    'tools-unsupported': [400, 'caller-fault', 'invalid_request_error'],
    'too-large': [413, 'caller-fault', 'request_too_large'],
    'model-not-found': [404, 'caller-fault', 'not_found_error'],
    'unknown-url': [404, 'caller-fault', 'not_found_error'],
  }

  it.each(ERROR_KINDS)('have the envelope, a request id and no key, and are classified: %s', (kind) => {
    const key = 'sk-ant-api03-canary-0123456789'
    const { status, headers, body } = anthropicFormat.errorAnswer(kind, { requestId: 'req_42', key })
    const [expectedStatus, failure, code] = expected[kind]
    expect(status).toBe(expectedStatus)
    expect(headers).toMatchObject({ 'request-id': 'req_42', 'content-type': 'application/json' })
    expect(JSON.parse(body)).toMatchObject({ type: 'error', error: {}, request_id: 'req_42' })
    expect(body + JSON.stringify(headers)).not.toContain(key)
    expect(anthropicFormat.classify(status, body)).toMatchObject({ class: failure, code })
  })

  it.each<[ErrorKind, string]>([
    ['invalid-api-key', 'invalid x-api-key'],
    ['organization-disabled', 'This organization has been disabled.'],
    ['overloaded', 'Overloaded'],
    [
      'insufficient-quota',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ],
  ])('are word for word: %s', (kind, words) => {
    expect(anthropicFormat.errorAnswer(kind, { requestId: 'r' }).body).toContain(JSON.stringify(words))
  })

  it('say how long to wait at a rate limit, and to try again when overloaded', () => {
    const wait = anthropicFormat.errorAnswer('rate-limited', { requestId: 'r', retryAfterMs: 18_642 })
    expect(wait.headers).toMatchObject({ 'retry-after': '19' })
    expect(anthropicFormat.errorAnswer('overloaded', { requestId: 'r' }).headers).toMatchObject({
      'x-should-retry': 'true',
    })
  })
})

describe('an error between caller and provider', () => {
  it.each([
    ['credential', 'invalid_api_key', 'authentication_error', 'credential'],
    ['overloaded', null, 'overloaded_error', 'overloaded'],
    ['timeout', 'first_token_timeout', 'timeout_error', 'timeout'],
    ['connection', null, 'api_error', 'connection'],
    ['no_provider', 'no_provider', 'api_error', 'no-provider'],
    ['invalid_request_error', null, 'invalid_request_error', 'caller-fault'],
  ])('%s is in the vendor’s words, and can be told from others', (type, code, expected, failure) => {
    const body = anthropicFormat.errorBody({ type, code, message: 'why' })
    expect(JSON.parse(body)).toMatchObject({ type: 'error', error: { type: expected, message: 'why' } })
    expect(anthropicFormat.classify(null, body).class).toBe(failure)
  })
})
