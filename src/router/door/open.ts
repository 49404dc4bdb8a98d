import { chmodSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { EXIT, GamedayError, makePrivate, messageOf, ownSocket } from '../../base/index.ts'
import type { Router } from '../types.ts'
import { BYPASS_PATH, bypassWishSchema, type BypassWish, type DoorFacts } from './facts.ts'

export interface DoorOptions {
  /** Where routers of this user show themselves. Becomes a folder that nobody else can enter. */
  folder: string
  facts: Omit<DoorFacts, 'socket'>
  router: Pick<Router, 'state' | 'bypass'>
  /** Told when the bypass was switched. */
  onBypass: (to: BypassWish['to']) => void
}

/** Longest wish that is read. */
const MOST_BYTES = 1024

/**
 * Opens a door to a running router for commands of the same user on the same machine: HTTP over a Unix socket that nobody
 * else can reach, and a file that says where it is. Throws `DOOR_NOT_OPENED`.
 */
export async function openDoor(options: DoorOptions): Promise<{ close: () => Promise<void> }> {
  const { folder, facts } = options
  try {
    makePrivate(folder)
    const socket = ownSocket(folder, facts.id, 'door')
    if (socket === null) throw new Error(`the path of ${folder} is too long for a socket`)
    const isElsewhere = dirname(socket) !== folder
    if (isElsewhere) makePrivate(dirname(socket))
    const server = createServer((request, response) => void answer(options, request, response))
    await listen(server, socket)
    chmodSync(socket, 0o600)
    const file = join(folder, `${facts.id}.json`)
    writeFileSync(`${file}.draft`, JSON.stringify({ ...facts, socket }), { mode: 0o600 })
    renameSync(`${file}.draft`, file)
    return {
      close: async () => {
        rmSync(file, { force: true })
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
        if (isElsewhere) rmdirSync(dirname(socket))
      },
    }
  } catch (cause) {
    throw new GamedayError(`gameday bypass cannot reach this router: ${messageOf(cause)}`, {
      code: 'DOOR_NOT_OPENED',
      exitCode: EXIT.notReady,
      cause,
    })
  }
}

async function answer(
  { router, onBypass }: DoorOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  if (request.url !== BYPASS_PATH) return reply(404, { message: 'there is no such page' })
  if (request.method === 'GET') return reply(200, router.state())
  try {
    const { to } = bypassWishSchema.parse(JSON.parse(await read(request)))
    const before = router.state().bypass?.to ?? null
    await router.bypass(to)
    if (to !== before) onBypass(to)
    reply(200, router.state())
  } catch (error) {
    reply(error instanceof GamedayError ? 409 : 400, {
      message:
        error instanceof GamedayError ? error.message : 'the router did not understand what it was told',
    })
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) {
    text += String(piece)
    if (text.length > MOST_BYTES) throw new Error('too long')
  }
  return text
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}
