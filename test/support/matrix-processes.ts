import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Whether the system tells of its processes. */
export const CAN_TELL = existsSync('/proc/self/environ')

export interface Process {
  pid: number
  command: string
}

/** The living processes that were started with this text in their environment or command line. */
export function processesWith(mark: string): Process[] {
  if (!CAN_TELL) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((name) => {
      const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim()
      const marked = command.includes(mark) || read(`/proc/${name}/environ`).includes(mark)
      // One that has ended and was not collected yet has neither.
      return marked ? [{ pid: Number(name), command }] : []
    })
}

/** Whether there is such a process, and it has not ended. */
export function lives(pid: number): boolean {
  if (CAN_TELL) return !['', 'Z', 'X'].includes(stateOf(pid))
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The letter that the system has for what a process does: `T` is stopped, `Z` has ended and was not collected. */
export function stateOf(pid: number): string {
  return /\) (\S)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? ''
}

/** What a socket on a local port is there for, in the system's words. */
const STATES = { listening: '0A', connected: '01' }

/** Which of these processes has a socket on a local port; null if it is somebody else, or nobody. */
export function ownerAmong(
  pids: readonly number[],
  port: number,
  state: keyof typeof STATES = 'listening',
): number | null {
  const tables = ['tcp', 'tcp6'].map((name) => read(`/proc/net/${name}`))
  const inodes = new Set(tables.flatMap((table) => inodesOn(table, port, STATES[state])))
  return pids.find((pid) => sockets(pid).some((inode) => inodes.has(inode))) ?? null
}

function inodesOn(table: string, port: number, wanted: string): string[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local, , state]) => state === wanted && Number.parseInt(local?.split(':')[1] ?? '', 16) === port,
    )
    .map((fields) => fields[9] ?? '')
}

function sockets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return [] // Closed meanwhile.
      }
    })
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It has ended, or is another user's.
  }
}
