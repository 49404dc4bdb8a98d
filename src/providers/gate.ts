import type { Server } from 'node:http'
import {
  closeServer,
  drainServer,
  GamedayError,
  maskKey,
  PROVIDER_ROLES,
  urlHost,
  type ProviderRole,
} from '../base/index.ts'
import { formatOf } from '../wire/index.ts'
import { controlServer } from './control/server.ts'
import { FaultBoard } from './gate/fault-board.ts'
import type { Answerer } from './gate/answerer.ts'
import { forwardingAnswerer } from './gate/forward.ts'
import { Ledger } from './gate/ledger.ts'
import { gateListener } from './gate/listener.ts'
import { simulatedAnswerer } from './gate/simulated.ts'
import { VendorConsole } from './gate/vendor-console.ts'
import { listen } from './listen.ts'
import { pricerOf } from './price.ts'
import { tagger } from './simulated/tag.ts'
import type { Address, Gate, GateOptions, GateProviderState } from './types.ts'

/** The gate may have to listen where a container reaches it; what revokes keys never does. */
const LOOPBACK = '127.0.0.1'

/**
 * Starts the gate: a listener in front of each provider, simulated or real, and its control endpoint.
 *
 * Throws GamedayError: PORT_TAKEN and its like (listen.ts), or REAL_KEY_MISSING. Then nothing is left listening.
 */
export async function startGate(options: GateOptions): Promise<Gate> {
  const { listen: host, ports, providers, keys, seed, clock } = options
  const ledger = new Ledger()
  const vendor = new VendorConsole()
  const board = new FaultBoard({ clock, seed })
  const answerers: Answerer[] = []
  const servers: Server[] = []

  let about: object | null = null
  const stop = async () => {
    board.clear()
    await Promise.all(servers.map(closeServer))
    await Promise.all(answerers.map((answerer) => answerer.close()))
  }
  const open = (server: Server, at: Address, who: string, setting: string): Promise<Address> => {
    servers.push(server)
    return listen(server, { ...at, who, setting: `stage.ports.${setting}` })
  }
  const openProvider = (role: ProviderRole): Promise<Address> => {
    const answerer = answererFor(role, options, vendor)
    answerers.push(answerer)
    const format = formatOf(providers[role].format)
    const server = gateListener({
      role,
      format,
      key: keys[role],
      board,
      ledger,
      answerer,
      price: pricerOf(providers[role]),
      nextTag: tagger(seed, role, format.idPrefix),
      clock,
    })
    return open(server, { host, port: ports[role] }, `the gate of the ${role}`, `${role}Gate`)
  }
  const describe = (role: ProviderRole): GateProviderState => {
    const { name, kind, model } = providers[role]
    return { name, kind, model, key: { masked: maskKey(keys[role]), ...board.keyState(role) } }
  }

  try {
    const addresses = { primary: await openProvider('primary'), secondary: await openProvider('secondary') }
    const control = controlServer({
      token: options.controlToken,
      host: LOOPBACK,
      board,
      ledger,
      vendor,
      about: () => ({ nowMs: clock.now(), about }),
      state: () => ({
        providers: { primary: describe('primary'), secondary: describe('secondary') },
        ...board.list(),
      }),
    })
    const at = { host: LOOPBACK, port: ports.control }
    const controlAddress = await open(control, at, "the gate's control endpoint", 'control')
    const [primary, secondary] = PROVIDER_ROLES.map((role) => `${urlOf(addresses[role])}/v1`)
    return {
      urls: { primary: primary!, secondary: secondary! },
      addresses,
      controlUrl: urlOf(controlAddress),
      tell: (what) => void (about = what),
      drain: async (graceMs) => {
        // Its control endpoint stays until the last attempt has been told.
        await Promise.all(
          servers.filter((server) => server !== control).map((one) => drainServer(one, graceMs)),
        )
        await stop()
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function answererFor(
  role: ProviderRole,
  { providers, keys, realKeys, seed, clock, upstreamTls }: GateOptions,
  vendor: VendorConsole,
): Answerer {
  const provider = providers[role]
  if (provider.kind === 'simulated')
    return vendor.before(role, simulatedAnswerer(role, provider, { seed, clock }))
  const realKey = realKeys?.[role]
  if (realKey === undefined || realKey === '') {
    throw new GamedayError(`the ${role}, ${provider.name}, is a real provider, and its key is not set`, {
      code: 'REAL_KEY_MISSING',
      hint: `Set the environment variable ${provider.key}.`,
    })
  }
  return forwardingAnswerer({ provider, gateKey: keys[role], realKey, ca: upstreamTls?.ca })
}

function urlOf({ host, port }: Address): string {
  return `http://${urlHost(host)}:${port}`
}
