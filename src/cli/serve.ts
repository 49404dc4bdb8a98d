import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, GamedayError, unreadableFile } from '../base/index.ts'
import { startToxiproxyServer, TOXIPROXY_VERSION } from '../toxiproxy/index.ts'
import type { Io } from './io.ts'

/** The flags of `serve toxiproxy`, as they were typed. */
export interface ServeToxiproxyFlags {
  host: string
  port: string
  config?: string
  seed?: string
  proxyMetrics?: boolean | string
  runtimeMetrics?: boolean | string
}

/** Serves the Toxiproxy API until INT, TERM or HUP, in the place of the original's server. */
export async function serveToxiproxy(flags: ServeToxiproxyFlags, io: Io): Promise<number> {
  const seed = readSeed(flags.seed) ?? randomInt(2 ** 31)
  const population = flags.config === undefined ? undefined : readProxies(flags.config, io)
  const server = await startToxiproxyServer({
    host: flags.host,
    port: readPort(flags.port),
    seed,
    clock: io.clock,
    onFault: (error) => io.stderr.write(`gameday: ${error.message}\n`),
    ...(population === undefined ? {} : { population }),
  })
  const asked = stopAsked(io)
  if ([flags.proxyMetrics, flags.runtimeMetrics].some((flag) => flag !== undefined && flag !== 'false'))
    io.stderr.write('gameday: this Toxiproxy has no metrics; /metrics answers 404\n')
  io.stdout.write(`Toxiproxy ${TOXIPROXY_VERSION} by gameday listens on ${server.url} (seed ${seed})\n`)
  await asked
  await server.stop()
  return EXIT.ok
}

/** Resolves at the first signal; whoever sends a second one is not waiting any more, and ends the process by it. */
export function stopAsked(io: Io): Promise<void> {
  return new Promise((done) => {
    const release = io.onSignal(() => {
      release()
      done()
    })
  })
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new GamedayError(`--port ${text} is not a port`, {
    code: 'BAD_FLAG',
    hint: 'Write a number from 0 to 65535; 0 lets the kernel choose.',
  })
}

/** Any whole number, as the original takes it; null where none is given. */
function readSeed(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new GamedayError(`--seed ${text} is not a whole number`, {
    code: 'BAD_FLAG',
    hint: 'Write for example --seed 7.',
  })
}

function readProxies(path: string, { cwd }: Io): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (cause) {
    throw unreadableFile(path, { what: 'list of proxies', code: 'CONFIG_UNREADABLE', cause })
  }
}
