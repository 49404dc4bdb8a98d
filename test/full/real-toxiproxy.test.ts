import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../src/record/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { REAL_SERVER_CAN_BE_HAD, startServer, type ServerProcess } from '../support/matrix-server.ts'
import { program, runFolder } from '../support/program.ts'

if (!REAL_SERVER_CAN_BE_HAD)
  process.stderr.write(
    'SKIPPED: no drill against a real Toxiproxy: TOXIPROXY_BIN is not set, no toxiproxy-server is on the PATH, and there is no Go to install it with\n',
  )

/** Where Go is, the server can be had: then its absence is a failure and not a skip. */
describe.skipIf(!REAL_SERVER_CAN_BE_HAD)('the smoke drill against a real Toxiproxy', () => {
  let server: ServerProcess

  beforeAll(async () => {
    server = await startServer('real')
  })
  afterAll(() => server.end())

  it(
    'holds, says that the server is not its own, and leaves nothing of its own on it',
    unlessLate(async () => {
      const { url } = server
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
