import { describe, expect, it } from 'vitest'
import { ERROR_KINDS, openaiFormat } from '../../../src/wire/index.ts'

const KEY = 'sk-qnWGUabcdefghijklmnopqrstuvwxyzRvfb'

function answer(kind: (typeof ERROR_KINDS)[number], details = {}) {
  const { status, headers, body } = openaiFormat.errorAnswer(kind, {
    requestId: 'req_42',
    key: KEY,
    ...details,
  })
  return { status, headers, error: (JSON.parse(body) as { error: Record<string, unknown> }).error }
}

describe('errorAnswer', () => {
  it('quotes an invalid key masked, word for word', () => {
    expect(answer('invalid-api-key')).toMatchObject({
      status: 401,
      error: {
        message:
          'Incorrect API key provided: sk-qnWGU***Rvfb. You can find your API key at https://platform.openai.com/account/api-keys.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    })
  })

  it('hides a short key whole', () => {
    expect(answer('invalid-api-key', { key: 'sk-short' }).error['message']).toContain('provided: ***. ')
  })

  it('disables an organization with a 400 that carries no code', () => {
    expect(answer('organization-disabled')).toMatchObject({
      status: 400,
      error: { message: 'This organization has been disabled.', type: 'invalid_request_error', code: null },
    })
  })

  it('says that an exhausted quota does not clear by waiting: a 429 without retry-after', () => {
    const { status, headers, error } = answer('insufficient-quota')
    expect(status).toBe(429)
    expect(error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
    expect(Object.keys(headers).filter((name) => name.startsWith('retry-after'))).toEqual([])
  })

  it('says how long to wait at a rate limit, in the text and in the headers', () => {
    const { headers, error } = answer('rate-limited', { model: 'gpt-4o', retryAfterMs: 18_642 })
    expect(error['message']).toContain('Rate limit reached for gpt-4o in organization')
    expect(error['message']).toContain('Please try again in 18.642s.')
    expect(headers).toMatchObject({
      'retry-after': '19',
      'retry-after-ms': '18642',
      'x-ratelimit-reset-tokens': '18.642s',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-tokens': '433',
    })
  })

  it('writes a reset over a minute as 6m0s', () => {
    expect(answer('rate-limited', { retryAfterMs: 360_000 }).headers['x-ratelimit-reset-tokens']).toBe('6m0s')
  })

  it.each(ERROR_KINDS)('has the envelope, a request id and no whole key: %s', (kind) => {
    const { headers, error } = answer(kind)
    expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code'])
    expect(headers).toMatchObject({
      'x-request-id': 'req_42',
      'content-type': 'application/json; charset=utf-8',
    })
    expect(JSON.stringify([headers, error])).not.toContain(KEY)
  })
})
