import { chmodSync, rmdirSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { EXIT, GamedayError, makePrivate, messageOf, type Clock } from '../../base/index.ts'
import { receiveGuest, type Guest, type HostOptions } from './guest.ts'
import { BETWEEN_NOTES_MS, MOST_GUESTS } from './limits.ts'
import { tooManyGuests } from './refusal.ts'

export interface HubOptions extends Omit<HostOptions, 'inTurn'> {
  /** Of the socket. Its folder becomes one that only this user can enter. */
  path: string
}

/** Where other terminals join a drill. */
export interface Hub {
  /** Says to all that the drill is over, and waits for nobody longer than a moment. */
  close: () => Promise<void>
}

/**
 * Lets other terminals of this user join a drill, over a Unix socket that nobody else can reach. Whatever they do, or
 * fail to do, the drill waits for none of them. Throws `HUB_NOT_OPENED`.
 */
export async function openHub({ path, ...host }: HubOptions): Promise<Hub> {
  try {
    return await open(path, host)
  } catch (error) {
    throw new GamedayError(`nobody can join this drill: ${messageOf(error)}`, {
      code: 'HUB_NOT_OPENED',
      exitCode: EXIT.notReady,
      cause: error,
    })
  }
}

async function open(path: string, host: Omit<HubOptions, 'path'>): Promise<Hub> {
  const folder = dirname(path)
  const made = makePrivate(folder)
  const guests = new Set<Guest>()
  const inTurn = oneAfterAnother(host.clock)
  const server = createServer((socket) => {
    const guest = receiveGuest(socket, { ...host, inTurn })
    if (guests.size >= MOST_GUESTS) return void guest.part(tooManyGuests())
    guests.add(guest)
    socket.on('close', () => guests.delete(guest))
  })
  await listening(server, path)
  chmodSync(path, 0o600)
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      await Promise.all([...guests].map((guest) => guest.part({ type: 'end' })))
      await closed
      // One that runs share stays: another may be about to use it.
      if (made && dirname(folder) === tmpdir()) removeEmpty(folder)
    },
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Something else is in it: then it stays.
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      // A connection that could not be taken is that guest's loss, and not the drill's.
      server.on('error', () => undefined)
      server.unref()
      resolve()
    })
  })
}

/** Runs work one after another with a pause in between. */
function oneAfterAnother(clock: Clock): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    const pause = () => clock.sleep(BETWEEN_NOTES_MS)
    last = done.then(pause, pause)
    return done
  }
}
