import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

const LISTEN_AND_FREEZE = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  const server = createServer((socket) => socket.end('thawed')).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(workerData), 0, 0)
  })
`

/**
 * Starts a listener that accepts nobody, with its queue filled: the kernel then lets a connect hang, as it would towards
 * a host that is gone. Made of a thread that is frozen right after it listens, because Node accepts by itself.
 */
export async function stalledListener(): Promise<{ address: string; close: () => Promise<void> }> {
  const lock = new SharedArrayBuffer(4)
  const worker = new Worker(LISTEN_AND_FREEZE, { eval: true, workerData: lock })
  const [port] = (await once(worker, 'message')) as [number]
  const fillers: Socket[] = []
  for (let i = 0; i < 4; i++) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    fillers.push(socket)
  }
  await once(fillers[0] as Socket, 'connect')
  return {
    address: `127.0.0.1:${port}`,
    close: async () => {
      for (const socket of fillers) socket.destroy()
      Atomics.store(new Int32Array(lock), 0, 1)
      Atomics.notify(new Int32Array(lock), 0)
      await worker.terminate()
    },
  }
}
