// The embedded Toxiproxy alone in a process of its own, which says on demand what it holds: memory after a collection,
// and what keeps the process awake. Started with --expose-gc and a channel; ends with the channel.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../../dist/base/index.js'
import { startToxiproxyServer } from '../../../dist/toxiproxy/index.js'

const faults = []
process.on('uncaughtException', (error) => faults.push(String(error)))
process.on('unhandledRejection', (error) => faults.push(String(error)))
const server = await startToxiproxyServer({
  host: '127.0.0.1',
  port: 0,
  seed: 1,
  clock: systemClock,
  onFault: (error) => faults.push(String(error)),
})

async function weigh() {
  // What is dropped in one turn is often free only in the next.
  for (let round = 0; round < 4; round++) {
    globalThis.gc()
    await sleep(25)
  }
  const { heapUsed, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo()
  const count = (kind) => resources.filter((each) => each === kind).length
  return {
    bytes: heapUsed + external,
    sockets: count('TCPSocketWrap'),
    servers: count('TCPServerWrap'),
    timers: count('Timeout'),
    faults,
  }
}

process.on('message', () => void weigh().then((weight) => process.send(weight)))
process.on('disconnect', () => process.exit())
process.send({ url: server.url })
