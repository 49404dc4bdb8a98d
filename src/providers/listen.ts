import type { Server } from 'node:http'
import { GamedayError, systemCode } from '../base/index.ts'
import type { Address } from './types.ts'

export interface ListenOptions {
  host: string
  port: number
  /** Who wants to listen, for the message: `the gate of the primary`. */
  who: string
  /** The setting that chooses the port, for the hint. */
  setting: string
}

/**
 * Starts listening and resolves to the address bound. Throws GamedayError: PORT_TAKEN, PORT_FORBIDDEN,
 * ADDRESS_UNKNOWN, or LISTEN_FAILED for what has no name of its own.
 */
export async function listen(server: Server, options: ListenOptions): Promise<Address> {
  const { host, port } = options
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  }).catch((error: unknown) => {
    throw listenError(error, options)
  })
  const bound = server.address()
  return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port }
}

function listenError(error: unknown, { host, port, who, setting }: ListenOptions): GamedayError {
  const at = `${host}:${port}`
  const code = systemCode(error)
  const choose = `set ${setting} in gameday.yaml to another port, or to 0 to let the kernel choose`
  if (code === 'EADDRINUSE') {
    return new GamedayError(`${who} cannot listen on ${at}: the port is taken`, {
      code: 'PORT_TAKEN',
      hint: `Stop what listens there, or ${choose}.`,
      cause: error,
    })
  }
  if (code === 'EACCES') {
    return new GamedayError(`${who} cannot listen on ${at}: not permitted`, {
      code: 'PORT_FORBIDDEN',
      hint: `Ports below 1024 often need privileges: ${choose}.`,
      cause: error,
    })
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new GamedayError(`${who} cannot listen on ${at}: this machine has no such address`, {
      code: 'ADDRESS_UNKNOWN',
      hint: 'Set stage.listen in gameday.yaml to an address of this machine, such as 127.0.0.1.',
      cause: error,
    })
  }
  return new GamedayError(`${who} cannot listen on ${at}: ${code ?? 'unknown error'}`, {
    code: 'LISTEN_FAILED',
    hint: `Check stage.listen, or ${choose}.`,
    cause: error,
  })
}
