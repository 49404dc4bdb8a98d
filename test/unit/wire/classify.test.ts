import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../../src/base/index.ts'
import { ERROR_KINDS, openaiFormat, type ErrorKind } from '../../../src/wire/index.ts'

const error = (fields: object) => JSON.stringify({ error: fields })
const anthropic = (type: string, message: string) =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' })

describe('the vendor’s own errors', () => {
  const expected: Record<ErrorKind, [FailureClass, string | null]> = {
    'invalid-api-key': ['credential', 'invalid_api_key'],
    'account-deactivated': ['credential', 'account_deactivated'],
    'insufficient-quota': ['quota', 'insufficient_quota'],
    'organization-disabled': ['credential', 'invalid_request_error'],
    'missing-api-key': ['credential', 'invalid_request_error'],
    'rate-limited': ['rate-limit', 'rate_limit_exceeded'],
    'server-error': ['server-error', 'server_error'],
    overloaded: ['overloaded', 'server_error'],
    'unparsable-body': ['caller-fault', 'invalid_request_error'],
    'missing-parameter': ['caller-fault', 'missing_required_parameter'],
    'too-many-breakpoints': ['caller-fault', 'invalid_request_error'],
    'context-too-long': ['caller-fault', 'context_length_exceeded'],
    'tools-unsupported': ['caller-fault', 'unsupported_parameter'],
    'too-large': ['caller-fault', 'invalid_request_error'],
    'model-not-found': ['caller-fault', 'model_not_found'],
    'unknown-url': ['caller-fault', 'invalid_request_error'],
  }

  it.each(ERROR_KINDS)('classifies %s', (kind) => {
    const { status, body } = openaiFormat.errorAnswer(kind, { requestId: 'req_1', key: 'sk-1', model: 'm' })
    const [failure, code] = expected[kind]
    expect(openaiFormat.classify(status, body)).toMatchObject({ class: failure, code })
  })
})

describe('classify', () => {
  it.each<[string, number | null, string, FailureClass]>([
    ['a 401 without a body', 401, '', 'credential'],
    ['a 402', 402, '', 'quota'],
    ['a 403', 403, error({ message: 'no', type: 'x' }), 'credential'],
    ['a 404', 404, error({ message: 'Not found', type: 'not_found_error' }), 'caller-fault'],
    ['a 408', 408, '', 'timeout'],
    ['a 413', 413, '', 'caller-fault'],
    ['a 422', 422, '', 'caller-fault'],
    ['a 429 without a word', 429, '', 'rate-limit'],
    ['a 500', 500, '', 'server-error'],
    ['a 502 page of HTML', 502, '<html>Bad gateway</html>', 'server-error'],
    ['a 503', 503, '', 'overloaded'],
    ['a 504', 504, '', 'server-error'],
    ['a 529', 529, anthropic('overloaded_error', 'Overloaded'), 'overloaded'],
    ['Anthropic’s bad key', 401, anthropic('authentication_error', 'invalid x-api-key'), 'credential'],
    [
      'Anthropic’s disabled organization, a 400',
      400,
      anthropic('invalid_request_error', 'This organization has been disabled.'),
      'credential',
    ],
    [
      'Anthropic’s empty balance, a 400',
      400,
      anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      'quota',
    ],
    [
      'Anthropic’s reached limit, a 400',
      400,
      anthropic(
        'invalid_request_error',
        'You have reached your specified API usage limits. You will regain access on 2026-11-01.',
      ),
      'quota',
    ],
    ['Overloaded as a 500', 500, anthropic('api_error', 'Overloaded'), 'overloaded'],
    [
      'Groq’s restricted organization',
      400,
      error({ message: 'Organization has been restricted. Please reach out to support.' }),
      'credential',
    ],
    [
      'the older words for a deactivated account',
      401,
      error({ message: 'This key is associated with a deactivated account.' }),
      'credential',
    ],
    [
      'Gemini’s bad key, a 400',
      400,
      error({ code: 400, message: 'Invalid API key. Please pass a valid one.' }),
      'credential',
    ],
    ['OpenRouter’s revoked key', 401, error({ code: 401, message: 'User not found.' }), 'credential'],
    ['a content filter, a 400', 400, error({ code: 'content_filter', message: 'filtered' }), 'refused'],
    [
      'an ordinary bad request',
      400,
      error({ message: 'max_tokens is too large', type: 'x' }),
      'caller-fault',
    ],
    ['a bare text as error', 400, JSON.stringify({ error: 'organization has been disabled' }), 'credential'],
    [
      'a message without an error around it',
      429,
      JSON.stringify({ message: 'insufficient credits' }),
      'quota',
    ],
    ['the router’s own word', 503, error({ code: 'no_provider', message: 'nobody left' }), 'no-provider'],
    ['JSON that is a list', 500, '[]', 'server-error'],
    ['an unknown error within a stream', null, error({ message: 'hm', type: 'odd' }), 'stream-error'],
    ['a server error within a stream', null, error({ message: 'hm', type: 'server_error' }), 'server-error'],
    ['an overload within a stream', null, anthropic('overloaded_error', 'Overloaded'), 'overloaded'],
    ['OpenRouter’s 429 within a stream', null, error({ code: 429, message: 'slow down' }), 'rate-limit'],
    [
      'the router’s own word within a stream',
      null,
      error({ code: 'truncated', message: 'cut' }),
      'truncated',
    ],
  ])('reads %s', (_, status, body, expected) => {
    expect(openaiFormat.classify(status, body).class).toBe(expected)
  })

  it('keeps the vendor’s message, and the start of a body that has none', () => {
    expect(openaiFormat.classify(401, error({ message: 'Nope.' })).message).toBe('Nope.')
    expect(openaiFormat.classify(502, `<html>${'x'.repeat(999)}`).message).toHaveLength(200)
  })
})
