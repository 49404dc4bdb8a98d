import { describe, expect, it } from 'vitest'
import { GamedayError, systemCode } from '../../../src/base/index.ts'

const system = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

describe('the code of a system error', () => {
  it.each([
    { name: 'of the error itself', error: system, code: 'ECONNREFUSED' },
    { name: 'of its cause', error: new Error('fetch failed', { cause: system }), code: 'ECONNREFUSED' },
    {
      name: 'under an error of our own, whose code is a name of ours',
      error: new GamedayError('nobody answers', { code: 'TOXIPROXY_UNREACHABLE', cause: system }),
      code: 'ECONNREFUSED',
    },
    { name: 'of an error of our own alone', error: new GamedayError('no', { code: 'X' }), code: undefined },
    { name: 'of what is no error', error: 'ENOSPC', code: undefined },
  ])('is $code: $name', ({ error, code }) => {
    expect(systemCode(error)).toBe(code)
  })
})
