import { createServer, type Server } from 'node:http'
import { GamedayError, InternalError, systemCode } from '../base/index.ts'
import { setBesides, type Besides } from './besides.ts'
import { BASE, bypass, guarded, routes } from './routes.ts'
import { tallies } from './tally.ts'
import { prepareTargets, type Target } from './target.ts'
import type { Router, RouterOptions } from './types.ts'

/** A bypassed router is in nobody's way, and so are these. */
const NOTHING_BESIDES: Besides = { guard: null, cache: null }

/** Longer than a client's pool keeps an idle connection, so that it is never closed under a request. */
const KEEP_ALIVE_MS = 75_000

/**
 * Starts the router: an endpoint for both formats in front of the targets, which are asked in their order.
 *
 * @throws GamedayError `PORT_TAKEN` or `ADDRESS_UNUSABLE` where it cannot listen, `ROUTER_TARGET_MISSING` without a
 * target or without the one to bypass to, `CACHE_UNUSABLE` where answers cannot be kept.
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { config, clientKey } = options
  const targets = prepareTargets(options)
  const besides = options.bypass === null ? await setBesides(config, options.clock) : NOTHING_BESIDES
  const answers = besides.cache?.answers ?? null
  const listener =
    options.bypass === null
      ? routes({ ...deskOf(options, targets), ...besides })
      : bypass(targetOf(targets, options.bypass), tallies(options))
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    clientKey === undefined ? listener : guarded(listener, clientKey),
  )
  const port = await listen(server, config.listen, config.port).catch(async (error: unknown) => {
    await answers?.close()
    throw error
  })

  let stopping: Promise<void> | undefined
  const stopNow = () =>
    (stopping ??= stop(server, options.dispatcher === undefined ? targets : []).then(() => answers?.close()))
  return {
    url: `http://${reachable(config.listen)}:${port}${BASE}`,
    port,
    cache: () => answers?.stats() ?? null,
    drain: (graceMs) => drain(server, graceMs).then(stopNow),
    stop: stopNow,
  }
}

function deskOf(options: RouterOptions, targets: readonly Target[]) {
  const { config, clock, random } = options
  if (targets.length === 0)
    throw new GamedayError('the router has no target', { code: 'ROUTER_TARGET_MISSING' })
  const keys = targets.map((target) => target.config.key)
  return { config, clock, random, targets, keys, tally: tallies(options) }
}

function targetOf(targets: readonly Target[], role: string): Target {
  const target = targets.find(({ config }) => config.role === role)
  if (target !== undefined) return target
  throw new GamedayError(`the router cannot be bypassed to "${role}": it has no such target`, {
    code: 'ROUTER_TARGET_MISSING',
  })
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new InternalError('a listening TCP server has no port')
  return address.port
}

function cannotListen(cause: Error, host: string, port: number): GamedayError {
  const taken = systemCode(cause) === 'EADDRINUSE'
  return new GamedayError(
    `the router cannot listen on ${host}:${port}: ${taken ? 'the port is taken' : cause.message}`,
    {
      code: taken ? 'PORT_TAKEN' : 'ADDRESS_UNUSABLE',
      hint: taken
        ? 'Stop what listens there, or set router.port to 0 and let the kernel choose.'
        : 'Set router.listen to an address of this machine.',
      cause,
    },
  )
}

/** A host under which this machine reaches a server bound to `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

/** Resolves when the last answer is out, or after `graceMs`. Idle connections are closed, so that callers go elsewhere. */
async function drain(server: Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, graceMs)
    server.close(() => {
      clearTimeout(late)
      resolve()
    })
    // An answer that ends from here on says so to its caller; Node closes the connection behind it.
    server.closeIdleConnections()
    server.keepAliveTimeout = 1
  })
}

async function stop(server: Server, own: readonly Target[]): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
  await Promise.all(own.map(({ dispatcher }) => dispatcher.destroy()))
}
