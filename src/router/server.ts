import { createServer, type Server } from 'node:http'
import { closeServer, drainServer, GamedayError, InternalError, systemCode, urlHost } from '../base/index.ts'
import { InForce } from './in-force.ts'
import { plain, withPages, type Pages } from './pages.ts'
import { BASE, guarded } from './routes.ts'
import { stateOf } from './state.ts'
import type { Router, RouterOptions } from './types.ts'

/** Longer than a client's pool keeps an idle connection, so that it is never closed under a request. */
const KEEP_ALIVE_MS = 75_000

/**
 * Starts the router: an endpoint for both formats in front of the targets, which are asked in their order.
 *
 * @throws GamedayError `PORT_TAKEN` or `ADDRESS_UNUSABLE` where it cannot listen, `ROUTER_TARGET_MISSING` without a
 * target or without the one to bypass to, `CACHE_UNUSABLE` where answers cannot be kept.
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { config, clientKey, clock } = options
  const inForce = new InForce(options)
  await inForce.reload(options)
  let isDraining = false
  const state = () => stateOf(inForce, isDraining)
  const [open, closed] = ownPages(options, state)
  const behindKey = withPages(closed, (request, response) => inForce.serve(request, response))
  const listener = withPages(open, clientKey === undefined ? behindKey : guarded(behindKey, clientKey))
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    // So that its caller takes its next request elsewhere.
    if (isDraining) response.shouldKeepAlive = false
    listener(request, response)
  })
  const port = await listen(server, config.listen, config.port).catch(async (error: unknown) => {
    await inForce.stop()
    throw error
  })

  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= closeServer(server).then(() => inForce.stop()))
  return {
    url: `http://${urlHost(config.listen)}:${port}${BASE}`,
    port,
    cache: () => state().cache,
    state,
    reload: (settings) => inForce.reload(settings),
    bypass: (to) => inForce.setBypass(to),
    drain: async () => {
      isDraining = true
      const { drainLead, timeouts } = inForce.now.settings.config
      await clock.sleep(drainLead)
      await drainServer(server, timeouts.total)
      await stop()
    },
    stop,
  }
}

/**
 * The router's own pages: those for probes, which hold no key, and those that tell what the router is used for, which ask
 * for the client's where there is one.
 *
 * Open circuits do not make it unready. A circuit closes when a live request tries the provider again: a router that gets
 * none because all are open would stay so for ever.
 */
function ownPages({ metrics }: RouterOptions, state: Router['state']): [Pages, Pages] {
  const open = {
    '/healthz': () => plain(200, 'alive'),
    '/readyz': () => (state().state === 'draining' ? plain(503, 'draining') : plain(200, 'ready')),
  }
  const closed = {
    '/state': () => ({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      text: `${JSON.stringify(state(), null, 2)}\n`,
    }),
    ...(metrics === undefined ? {} : { '/metrics': async () => ({ status: 200, ...(await metrics()) }) }),
  }
  return [open, closed]
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
