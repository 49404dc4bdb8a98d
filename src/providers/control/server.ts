import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ProviderRole } from '../../base/index.ts'
import type { FaultBoard } from '../gate/fault-board.ts'
import { readBody } from '../gate/body.ts'
import type { Ledger } from '../gate/ledger.ts'
import { vendorOf, type VendorConsole } from '../gate/vendor-console.ts'
import type { GateFaultRequest, GateState } from '../types.ts'
import { denial } from './guard.ts'
import { faultBodySchema, faultIdSchema, mistakesOf } from './schema.ts'

export interface ControlServerOptions {
  token: string
  /** The address it is bound to. */
  host: string
  board: FaultBoard
  ledger: Ledger
  vendor: VendorConsole
  /** What the gate is a part of, and its clock. */
  about: () => { nowMs: number; about: object | null }
  state: () => GateState
}

const LARGEST_COMMAND = 64_000
/** A follower that reads so slowly is lost: the gate's memory is worth more. */
const MOST_UNREAD = 64_000_000

/**
 * The gate's control endpoint:
 *
 *     GET    /about        what this gate is a part of, and its clock
 *     GET    /state        keys and faults as they are
 *     PUT    /faults/:id   puts a fault in force
 *     DELETE /faults/:id   ends it: 204, or 404 if there is none
 *     DELETE /vendor/…/key revokes the key of a simulated provider, as in the vendor's console; PUT restores it
 *     GET    /attempts     every attempt from now on, a line of JSON each
 */
export function controlServer(options: ControlServerOptions): Server {
  return createServer((req, res) => {
    route(options, req, res).catch(() => res.destroy())
  })
}

async function route(
  options: ControlServerOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const denied = denial(req, options)
  const [path = ''] = (req.url ?? '').split('?')
  const vendor = vendorOf(options.token, path)
  // A vendor's console is told by its path: nobody who works in one has the gate's token.
  if (denied !== null && (vendor === null || denied.status !== 401))
    return send(res, denied.status, { error: denied.error })
  if (vendor !== null) return useConsole(options, vendor, req, res)
  const id = /^\/faults\/([^/]+)$/.exec(path)?.[1]
  switch (`${req.method} ${id === undefined ? path : '/faults/:id'}`) {
    case 'GET /about':
      return send(res, 200, options.about())
    case 'GET /state':
      return send(res, 200, options.state())
    case 'PUT /faults/:id':
      return putFault(options, id!, req, res)
    case 'DELETE /faults/:id':
      return options.board.remove(id!) ? send(res, 204) : send(res, 404, { error: `there is no fault ${id}` })
    case 'GET /attempts':
      return follow(options.ledger, res)
    default:
      return send(res, 404, { error: `there is no ${req.method} ${path}` })
  }
}

function useConsole(
  { vendor, state }: ControlServerOptions,
  role: ProviderRole,
  { method }: IncomingMessage,
  res: ServerResponse,
): void {
  const { name, kind } = state().providers[role]
  if (kind === 'real') return send(res, 404, { error: `${name} is real, and has a console of its own` })
  if (method !== 'DELETE' && method !== 'PUT')
    return send(res, 404, { error: 'DELETE revokes the key here, and PUT restores it' })
  if (method === 'DELETE') vendor.revoke(role)
  else vendor.restore(role)
  send(res, 200, { key: `of ${name}: ${method === 'DELETE' ? 'revoked' : 'restored'}` })
}

async function putFault(
  { board, state }: ControlServerOptions,
  id: string,
  req: IncomingMessage,
  res: ServerResponse,
) {
  if (!faultIdSchema.safeParse(id).success) {
    return send(res, 400, {
      error: 'the id of a fault has letters, digits, dots, dashes and underscores, at most 100',
    })
  }
  const text = await readBody(req, LARGEST_COMMAND)
  if (text === null) return send(res, 413, { error: `a body may have ${LARGEST_COMMAND} bytes at most` })
  const body = faultBodySchema.safeParse(parsed(text))
  if (!body.success) return send(res, 400, { error: mistakesOf(body.error) })
  const impossible = objectionTo(body.data, state())
  if (impossible !== null) return send(res, 422, { error: impossible })
  const fault = board.apply({ id, ...body.data })
  return fault === null
    ? send(res, 409, { error: `another fault of the name ${id} is in force` })
    : send(res, 200, fault)
}

/** Says why a fault cannot be made at this provider. */
function objectionTo(
  { provider, fault }: Omit<GateFaultRequest, 'id'>,
  { providers }: GateState,
): string | null {
  const { kind, name } = providers[provider]
  return fault.kind === 'long-answer' && kind === 'real'
    ? `${name} is a real provider: nothing makes its answers longer`
    : null
}

function follow(ledger: Ledger, res: ServerResponse): void {
  // Followed before the headers leave: who has seen them misses nothing.
  const end = ledger.follow((attempt) => {
    if (res.writableLength > MOST_UNREAD) res.destroy()
    else res.write(`${JSON.stringify(attempt)}\n`)
  })
  res.once('close', end)
  res.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  res.flushHeaders()
}

function send(res: ServerResponse, status: number, body?: object): void {
  // The body of a refused request may be unread: its connection is not used again.
  const headers = { 'cache-control': 'no-store', ...(status >= 400 ? { connection: 'close' } : {}) }
  if (body === undefined) return void res.writeHead(status, headers).end()
  res.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
