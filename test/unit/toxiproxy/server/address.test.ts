import { describe, expect, test } from 'vitest'
import { joinHostPort, resolveListen, splitHostPort } from '../../../../src/toxiproxy/server/address.ts'

describe('an address', () => {
  test.each([
    ['127.0.0.1:80', '127.0.0.1', '80'],
    [':80', '', '80'],
    ['host:', 'host', ''],
    ['[::1]:80', '::1', '80'],
    ['[]:1', '', '1'],
  ])('%j is split', (address, host, port) => {
    expect(splitHostPort(address)).toEqual({ host, port })
  })

  // As a real Toxiproxy words them.
  test.each([
    ['localhost', 'missing port in address'],
    ['[::1]', 'missing port in address'],
    ['[::1]x:5', 'missing port in address'],
    ['::1', 'too many colons in address'],
    ['1.2.3.4:1:2', 'too many colons in address'],
    ['[::1:2', "missing ']' in address"],
    ['a]b:5', "unexpected ']' in address"],
    ['a[b:5', "unexpected '[' in address"],
  ])('%j is refused: %s', (address, why) => {
    expect(() => splitHostPort(address)).toThrow(`address ${address}: ${why}`)
  })

  test.each([
    ['127.0.0.1', 80, '127.0.0.1:80'],
    ['::1', 80, '[::1]:80'],
    ['', 0, ':0'],
  ])('of %j and %i is joined', (host, port, address) => {
    expect(joinHostPort(host, port)).toBe(address)
  })

  test.each([
    ['', { host: '', port: 0 }],
    ['127.0.0.1:', { host: '127.0.0.1', port: 0 }],
    ['localhost:http', { host: '127.0.0.1', port: 80 }],
    ['127.0.0.1:+81', { host: '127.0.0.1', port: 81 }],
  ])('%j is resolved', async (address, resolved) => {
    expect(await resolveListen(address)).toEqual(resolved)
  })

  test.each([
    ['127.0.0.1:-1', 'address -1: invalid port'],
    ['127.0.0.1:65536', 'address 65536: invalid port'],
    ['127.0.0.1:foo', 'lookup tcp/foo: unknown port'],
  ])('%j cannot be bound: %s', async (address, why) => {
    await expect(resolveListen(address)).rejects.toThrow(why)
  })
})
