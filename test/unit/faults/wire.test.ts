import { afterAll, beforeAll, describe } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { startToxiproxyServer, type ToxiproxyServer } from '../../../src/toxiproxy/index.ts'
import { describeNetworkFaults } from '../../support/network-faults.ts'

describe('through the embedded Toxiproxy', () => {
  let server: ToxiproxyServer
  beforeAll(async () => {
    server = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
  })
  afterAll(() => server.stop())

  describeNetworkFaults(() => server)
})
