import { describe, expect, it } from 'vitest'
import { FAILURE_CLASSES, type FailureClass } from '../../../src/base/index.ts'
import { briefly, broken, finding, secretsAmong, withoutKeys } from '../../../src/router/failure.ts'
import { account, mostTelling, statusFor, type TargetFailure } from '../../../src/router/telling.ts'
import { anthropicFormat, openaiFormat } from '../../../src/wire/index.ts'

const of = (failureClass: FailureClass, status: number | null = null, code: string | null = null) => ({
  ...finding(failureClass, '', 'some words'),
  status,
  code,
})
const at = (role: 'primary' | 'secondary', failureClass: FailureClass): TargetFailure => ({
  role,
  name: `test-${role}`,
  failure: of(failureClass),
})

describe('mostTelling', () => {
  it.each<[FailureClass, FailureClass, FailureClass]>([
    ['rate-limit', 'credential', 'credential'],
    ['timeout', 'quota', 'quota'],
    ['connection', 'empty', 'empty'],
    ['rate-limit', 'overloaded', 'overloaded'],
    ['caller-fault', 'rate-limit', 'rate-limit'],
  ])('of %s and %s chooses %s, in either order', (one, other, expected) => {
    for (const pair of [
      [one, other],
      [other, one],
    ] as const) {
      const failures = [at('primary', pair[0]), at('secondary', pair[1])]
      expect(mostTelling(failures)?.failure.class).toBe(expected)
    }
  })

  it('of two alike chooses the one that came first', () => {
    expect(mostTelling([at('primary', 'timeout'), at('secondary', 'timeout')])?.role).toBe('primary')
  })

  it('of none chooses none', () => {
    expect(mostTelling([])).toBeNull()
  })

  it.each(FAILURE_CLASSES)('knows where %s stands', (one) => {
    expect(mostTelling([at('primary', one), at('secondary', 'no-provider')])?.failure.class).toBe(one)
  })
})

describe('statusFor', () => {
  it.each<[FailureClass, number | null, number]>([
    ['credential', 401, 401],
    ['credential', 403, 403],
    ['credential', 400, 401],
    ['quota', 429, 429],
    ['quota', 402, 402],
    ['quota', 400, 429],
    ['overloaded', 529, 529],
    ['overloaded', null, 503],
    ['server-error', 500, 500],
    ['server-error', null, 502],
    ['timeout', 408, 504],
    ['timeout', null, 504],
    ['connection', null, 502],
    ['empty', null, 502],
    ['malformed', null, 502],
    ['truncated', null, 502],
    ['stream-error', null, 502],
    ['rate-limit', null, 429],
    ['caller-fault', 404, 502],
    ['no-provider', null, 503],
  ])('%s with status %s becomes %i', (failureClass, status, expected) => {
    expect(statusFor(of(failureClass, status), openaiFormat)).toBe(expected)
  })
})

it('tells a caller of Anthropic’s that nobody had time with the status that its vendor has for it', () => {
  expect(statusFor(of('overloaded'), anthropicFormat)).toBe(529)
  expect(statusFor(of('overloaded', 503), anthropicFormat)).toBe(529)
})

describe('the words', () => {
  it('tell the root cause first and every other attempt after it', () => {
    const [first, second] = [at('primary', 'rate-limit'), at('secondary', 'credential')]
    expect(account([first, second], second)).toBe(
      'No provider answered. secondary (test-secondary): credential: some words | primary (test-primary): rate-limit',
    )
  })

  it.each([
    [of('credential', 401, 'invalid_api_key'), 'credential (401 invalid_api_key)'],
    [of('overloaded', 503), 'overloaded (503)'],
    [of('timeout', null, 'first_token_timeout'), 'timeout (first_token_timeout)'],
    [of('empty'), 'empty'],
    [of('server-error', 500, 'a text with spaces, of the provider’s making'), 'server-error (500)'],
  ])('for events hold nothing a provider wrote freely: %#', (failure, expected) => {
    expect(briefly(failure)).toBe(expected)
  })

  it.each([
    ['ECONNREFUSED', 'connection'],
    ['ECONNRESET', 'connection'],
    ['UND_ERR_SOCKET', 'connection'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['HPE_INVALID_CONSTANT', 'malformed'],
  ])('for a broken connection name its code: %s is %s', (code, failureClass) => {
    expect(broken(Object.assign(new Error('x'), { code }))).toMatchObject({ class: failureClass, code })
    expect(broken(new Error('outer', { cause: Object.assign(new Error('x'), { code }) }))).toMatchObject({
      code,
    })
  })

  it('lose every key they quote, and no word that stands in the place of one', () => {
    const secrets = secretsAmong(['sk-0123456789abc', 'none', ''])
    expect(withoutKeys('none of sk-0123456789abc or sk-0123456789abc', secrets)).toBe(
      'none of sk-0…9abc or sk-0…9abc',
    )
  })
})
