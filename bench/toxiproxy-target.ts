import { createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * What the benchmark's connections lead to, in a process of its own. A connection's first byte says what it is for: `e`
 * and everything that follows is sent back; `s` and a number of 32 bits, and so many bytes are sent.
 */

const PIECE = Buffer.alloc(64 * 1024, 'x')

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined)
  socket.once('data', (first: Buffer) => {
    if (first[0] === 0x73) return pour(socket, first.readUInt32BE(1))
    socket.on('data', (data: Buffer) => socket.write(data))
    const rest = first.subarray(1)
    if (rest.length > 0) socket.write(rest)
  })
})

function pour(socket: Socket, bytes: number): void {
  let left = bytes
  const go = () => {
    while (left > 0) {
      const piece = left >= PIECE.length ? PIECE : PIECE.subarray(0, left)
      left -= piece.length
      if (!socket.write(piece)) return void socket.once('drain', go)
    }
  }
  go()
}

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))
