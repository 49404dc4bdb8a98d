import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe } from 'vitest'
import { freePort } from '../support/matrix-port.ts'
import { describeNetworkFaults } from '../support/network-faults.ts'

const BIN = process.env.TOXIPROXY_BIN

if (BIN === undefined)
  process.stderr.write(
    'SKIPPED: no fault of the network through a real Toxiproxy: TOXIPROXY_BIN is not set\n',
  )

describe.skipIf(BIN === undefined)('through a real Toxiproxy', () => {
  let server: ChildProcess
  let url = ''

  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    server = spawn(BIN ?? '', ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' })
    for (let tries = 0; tries < 100; tries++) {
      if ((await fetch(`${url}/version`).catch(() => null))?.ok === true) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`the server did not come up at ${url}`)
  })

  afterAll(async () => {
    const ended = once(server, 'exit')
    server.kill()
    await ended
  })

  describeNetworkFaults(() => ({ url }))
})
