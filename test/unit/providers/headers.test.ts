import { describe, expect, it } from 'vitest'
import { answerHeaders, requestHeaders } from '../../../src/providers/gate/headers.ts'

describe('requestHeaders', () => {
  it('drop what concerns the connection, every credential, and whatever holds the gate’s key', () => {
    const kept = requestHeaders(
      {
        host: 'gate',
        connection: 'keep-alive, X-Custom-Hop',
        'x-custom-hop': '1',
        'transfer-encoding': 'chunked',
        te: 'trailers',
        upgrade: 'h2c',
        expect: '100-continue',
        'proxy-authorization': 'Basic x',
        authorization: 'Bearer gate-key',
        'x-api-key': 'k',
        cookie: 'c=1',
        'x-odd': 'has gate-key in it',
        'accept-encoding': 'gzip, br',
        'content-type': 'application/json',
        'content-length': '12',
        'user-agent': 'openai-node',
      },
      'gate-key',
    )
    expect(kept).toEqual({
      'content-type': 'application/json',
      'content-length': '12',
      'user-agent': 'openai-node',
      'accept-encoding': 'identity',
    })
  })
})

describe('answerHeaders', () => {
  it('drop what concerns the connection and clean every value', () => {
    const clean = (value: string) => value.replace('secret', '***')
    const headers = {
      connection: 'close',
      'keep-alive': 'timeout=5',
      'set-cookie': ['a=secret', 'b'],
      'x-v': 'secret',
    }
    expect(answerHeaders(headers, clean)).toEqual({ 'set-cookie': ['a=***', 'b'], 'x-v': '***' })
  })
})
