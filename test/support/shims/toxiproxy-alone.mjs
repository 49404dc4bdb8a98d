// The embedded Toxiproxy run alone, in a process of its own: `toxiproxy-alone.mjs <port>`. It ends with its input, so
// that it does not outlive whoever started it.
import { systemClock } from '../../../dist/base/index.js'
import { startToxiproxyServer } from '../../../dist/toxiproxy/index.js'

await startToxiproxyServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  seed: 1,
  clock: systemClock,
})
process.stdin.resume()
process.stdin.on('end', () => process.exit())
