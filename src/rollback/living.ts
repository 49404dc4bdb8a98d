import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import {
  EXIT,
  fitsSocket,
  folderMark,
  GamedayError,
  messageOf,
  ownSocket,
  systemCode,
} from '../base/index.ts'

/** What a run says of itself while it lives. */
const livingRunSchema = z.strictObject({
  run: z.string(),
  pid: z.number().int(),
  drill: z.string(),
  dir: z.string(),
  startedAt: z.string(),
  /** The server that it works on; null for one of its own. */
  target: z.string().nullable(),
  /** Whether the target is its own, or it still looks whether somebody else has it. */
  holds: z.boolean(),
  socket: z.string(),
  /** Where other terminals join it; null for one that cannot be joined. */
  crew: z.string().nullable(),
})
export type LivingRun = z.infer<typeof livingRunSchema>

/** A run's sign of life. */
export interface LifeSign {
  /** Says something new of the run. */
  say(facts: Pick<LivingRun, 'holds'>): void
  end(): Promise<void>
}

/**
 * Shows that a run lives, for as long as its process does: it listens on a Unix socket, which the kernel closes with
 * the process, however that dies. A process id would not do: it is reused, means nothing in another container, and
 * belongs to a zombie as well. A sign that is shown anew needs another name: whoever found the one before dead may be
 * about to strike it off. Throws `STATE_UNWRITABLE`.
 */
export async function showLife(
  stateFolder: string,
  facts: Omit<LivingRun, 'socket' | 'holds'>,
  name: string = facts.run,
): Promise<LifeSign> {
  try {
    return await show(liveFolder(stateFolder), facts, name)
  } catch (error) {
    throw new GamedayError(`cannot show in ${stateFolder} that this run lives: ${messageOf(error)}`, {
      code: 'STATE_UNWRITABLE',
      exitCode: EXIT.notReady,
      hint: 'Make the folder writable, or name another one in the environment variable GAMEDAY_STATE.',
      cause: error,
    })
  }
}

async function show(
  folder: string,
  facts: Omit<LivingRun, 'socket' | 'holds'>,
  name: string,
): Promise<LifeSign> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = join(folder, `${name}.sock`)
  const socket = fitsSocket(own) ? own : join(tmpdir(), `gameday-${folderMark(folder)}-${name}.sock`)
  const server = await listening(socket)
  const file = join(folder, `${name}.json`)
  const say = ({ holds }: Pick<LivingRun, 'holds'>) => {
    writeFileSync(`${file}.draft`, JSON.stringify({ ...facts, socket, holds }), { mode: 0o600 })
    renameSync(`${file}.draft`, file)
  }
  const end = async () => {
    rmSync(file, { force: true })
    await new Promise((resolve) => server.close(resolve))
  }
  try {
    say({ holds: false })
  } catch (error) {
    await end()
    throw error
  }
  return { say, end }
}

/** The runs of this state folder that are alive. Those that are dead are struck off. */
export async function livingRuns(stateFolder: string): Promise<LivingRun[]> {
  const folder = liveFolder(stateFolder)
  const living: LivingRun[] = []
  for (const name of namesIn(folder)) {
    if (!name.endsWith('.json')) continue
    const run = readRun(join(folder, name))
    if (run === null) continue
    if (await isAlive(run.socket)) living.push(run)
    else strikeOff(run, folder, name)
  }
  return living
}

/** Names the socket at which a run can be joined: beside its sign of life, if that fits; null if it fits nowhere. */
export function crewSocket(stateFolder: string, run: string): string | null {
  return ownSocket(liveFolder(stateFolder), run, 'crew')
}

function strikeOff({ socket, crew }: LivingRun, folder: string, name: string): void {
  for (const path of [join(folder, name), socket]) rmSync(path, { force: true })
  if (crew === null) return
  rmSync(crew, { force: true })
  if (dirname(crew) === folder) return
  try {
    rmdirSync(dirname(crew))
  } catch {
    // It is gone already, or not empty: then it is not only ours.
  }
}

const liveFolder = (stateFolder: string) => join(stateFolder, 'live')

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    // A file where the folder should be is said by whoever wants to write there.
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return []
    throw error
  }
}

/** Null for one that has ended since the folder was listed, or that another version wrote. */
function readRun(path: string): LivingRun | null {
  try {
    return livingRunSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

function listening(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.on('error', (error) =>
      reject(new Error(`cannot listen on ${path}: ${messageOf(error)}`, { cause: error })),
    )
    server.listen(path, () => resolve(server.unref()))
  })
}

/** A stopped process lives: the kernel takes the connection for it, or says that its queue is full. */
function isAlive(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    const settle = (alive: boolean) => {
      socket.destroy()
      resolve(alive)
    }
    socket.on('connect', () => settle(true))
    socket.on('error', (error) => settle(!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '')))
  })
}
