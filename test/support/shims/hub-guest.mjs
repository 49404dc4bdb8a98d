// Somebody who joins a drill and reads what comes: `hub-guest.mjs <socket> <role> [silent]`. Says on its output what type
// of thing it was told, a line each, and ends with the connection. A silent one never says that it is still there.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [path, as, silent] = process.argv.slice(2)
const socket = connect(path)
const say = (message) => socket.write(`${JSON.stringify(message)}\n`)
say({ type: 'hello', protocol: 1, sits: true, as, name: 'Child' })
if (silent === undefined) setInterval(() => setImmediate(() => say({ type: 'here' })), 200).unref()
createInterface({ input: socket })
  .on('line', (line) => process.stdout.write(`${JSON.parse(line).type}\n`))
  // A sign of life into a line that is closed; readline hands it on.
  .on('error', () => undefined)
socket.on('error', () => undefined)
socket.on('close', () => process.stdout.write('closed\n'))
