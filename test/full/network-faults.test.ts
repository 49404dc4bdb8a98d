import { afterAll, beforeAll, describe } from 'vitest'
import { REAL_SERVER_CAN_BE_HAD, startServer, type ServerProcess } from '../support/matrix-server.ts'
import { describeNetworkFaults } from '../support/network-faults.ts'

if (!REAL_SERVER_CAN_BE_HAD)
  process.stderr.write(
    'SKIPPED: no fault of the network through a real Toxiproxy: TOXIPROXY_BIN is not set, no toxiproxy-server is on the PATH, and there is no Go to install it with\n',
  )

/** Where Go is, the server can be had: then its absence is a failure and not a skip. */
describe.skipIf(!REAL_SERVER_CAN_BE_HAD)('through a real Toxiproxy', () => {
  let server: ServerProcess

  beforeAll(async () => {
    server = await startServer('real')
  })
  afterAll(() => server.end())

  describeNetworkFaults(() => server)
})
