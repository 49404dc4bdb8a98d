import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../support/program.ts'

const LOOPBACK = join(ROOT, 'routers', 'portkey', 'loopback.cjs')

/** Where a server of a process of its own listens that calls `listen` so. */
function listensAt(call: string, preloaded: string[]): string {
  const script = `const server = require('node:http').createServer(); server.on('listening', () => {
    console.log(server.address().address); server.close() }); server.${call}`
  return execFileSync(process.execPath, [...preloaded, '-e', script], { encoding: 'utf8' }).trim()
}

describe('the file that is preloaded into Portkey’s gateway', () => {
  it.each([
    'listen(0)',
    'listen(0, () => undefined)',
    "listen(0, '0.0.0.0')",
    'listen(0, undefined, () => undefined)',
    'listen({ port: 0 })',
  ])('holds %s to loopback', (call) => {
    expect(listensAt(call, ['--require', LOOPBACK])).toBe('127.0.0.1')
  })

  it('does so by itself: without it the same server is open to every interface', () => {
    expect(listensAt('listen(0)', [])).toMatch(/^(::|0\.0\.0\.0)$/)
  })
})
