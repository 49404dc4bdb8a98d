import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { doubleDashes } from '../../../src/cli/double-dashes.ts'
import { serveToxiproxy, type ServeToxiproxyFlags } from '../../../src/cli/serve.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { program } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'gameday-serve-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** Starts the command in this process, and finds what it says it listens on. */
async function serve(flags: Partial<ServeToxiproxyFlags> = {}) {
  const piped = pipedIo()
  const ended = exitOf(serveToxiproxy({ host: '127.0.0.1', port: '0', ...flags }, piped.io), piped.io)
  const url = await new Promise<string>((resolve) => {
    const look = () => {
      const [, found] = /listens on (\S+)/.exec(piped.written.stdout) ?? []
      if (found !== undefined) resolve(found)
    }
    ;(piped.io.stdout as PassThrough).on('data', look)
    void ended.then(() => resolve(''))
  })
  return { ...piped, ended, url }
}

describe('gameday serve toxiproxy', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'takes the flags of the original’s server, says where it listens, and ends cleanly on %s',
    async (signal) => {
      const config = file('proxies.json', '[{"name":"a","listen":"127.0.0.1:0","upstream":"u:1"}]')
      const running = program(
        `serve toxiproxy -host localhost -port=0 -seed 7 -proxy-metrics -config ${config}`.split(' '),
      )
      await running.seen('listens on')
      await running.seen('no metrics')
      running.child.kill(signal)
      const { code, stdout } = await running.ended
      expect(code).toBe(0)
      expect(stdout).toMatch(
        /^Toxiproxy 2\.12\.0 by gameday listens on http:\/\/127\.0\.0\.1:\d+ \(seed 7\)$/m,
      )
    },
  )

  it('makes the proxies of the file before it listens, and closes everything at its end', async () => {
    const config = file(
      'two.json',
      '[{"name":"a","upstream":"u:1"},{"name":"b","upstream":"u:1","enabled":false}]',
    )
    const { url, signal, ended, listening } = await serve({ config })
    expect(await (await fetch(`${url}/proxies`)).json()).toMatchObject({
      a: { enabled: true },
      b: { enabled: false },
    })
    signal('SIGTERM')
    expect(await ended).toBe(0)
    expect(listening()).toBe(0)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  it.each([
    ['a port that is none', { port: '80a' }, '--port 80a is not a port'],
    ['a port beyond the last', { port: '65536' }, '--port 65536 is not a port'],
    ['a seed that is none', { seed: 'x' }, '--seed x is not a whole number'],
    [
      'a file that is not there',
      { config: '/nowhere.json' },
      '/nowhere.json cannot be read: there is no such file',
    ],
    ['a file that is no list', { config: file('bad.json', '{}') }, 'cannot be made: bad request body'],
    ['an address of another machine', { host: '192.0.2.1' }, 'cannot listen on 192.0.2.1:0'],
  ])('with %s ends with 2, says so, and waits for nothing', async (_what, flags, said) => {
    const { ended, written, listening } = await serve(flags)
    expect([await ended, written.stdout, listening()]).toEqual([2, '', 0])
    expect(written.stderr).toContain(said)
  })

  it.each([
    [
      ['serve', 'toxiproxy', '-port', '1', '--host', 'x', '-h', '-config=-y'],
      ['serve', 'toxiproxy', '--port', '1', '--host', 'x', '-h', '--config=-y'],
    ],
    [
      ['serve', 'toxiproxy', '-seed', '-5'],
      ['serve', 'toxiproxy', '--seed', '-5'],
    ],
    [
      ['run', '-port'],
      ['run', '-port'],
    ],
  ])('reads %j as %j', (typed, read) => {
    expect(doubleDashes(typed)).toEqual(read)
  })
})
