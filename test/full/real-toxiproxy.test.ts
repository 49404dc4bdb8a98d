import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../src/record/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { program, runFolder } from '../support/program.ts'
import { findRealToxiproxy } from '../support/real-toxiproxy.ts'

const BIN = findRealToxiproxy()
const GO = spawnSync('go', ['version']).status === 0

if (BIN === null && !GO)
  process.stderr.write(
    'SKIPPED: no drill against a real Toxiproxy: TOXIPROXY_BIN is not set, no toxiproxy-server is on the PATH, and there is no Go to install it with\n',
  )

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Where Go is, the server can be had: then its absence is a failure and not a skip. */
describe.skipIf(BIN === null && !GO)('the smoke drill against a real Toxiproxy', () => {
  let server: ChildProcess
  let url: string

  beforeAll(async () => {
    if (BIN === null)
      throw new Error(
        'set TOXIPROXY_BIN to a toxiproxy-server; go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0 makes one',
      )
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    server = spawn(BIN, ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' })
    for (let tries = 0; tries < 100; tries++) {
      if (
        await fetch(`${url}/version`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`the server did not come up at ${url}`)
  })

  afterAll(() => {
    server.kill()
  })

  it(
    'holds, says that the server is not its own, and leaves nothing of its own on it',
    unlessLate(async () => {
      const theirs = { name: 'somebody-elses', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' }
      await fetch(`${url}/proxies`, { method: 'POST', body: JSON.stringify(theirs) })
      const before = await (await fetch(`${url}/proxies`)).json()
      const run = program(['smoke', '--plain', '--out', 'reports', '--toxiproxy', url])
      const { code, stdout, stderr } = await run.ended
      const result = JSON.parse(
        readFileSync(join(runFolder(join(run.home, 'reports')), 'result.json'), 'utf8'),
      ) as Result
      expect(result.exitCode, result.decidedBy).toBe(code)
      expect(code, stdout + stderr.slice(-2000)).toBe(0)
      expect(result.environment.toxiproxy).toMatchObject({ kind: 'external', url })
      expect(await (await fetch(`${url}/proxies`)).json()).toEqual(before)
    }),
  )
})
