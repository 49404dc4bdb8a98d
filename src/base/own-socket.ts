import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Unix socket's path may be 104 bytes long on macOS and 108 on Linux, its end included. */
const MOST_PATH = 100

/** Whether a path is short enough for a Unix socket. */
export const fitsSocket = (path: string) => Buffer.byteLength(path) <= MOST_PATH

/** Stands for a folder in the names of what belongs to it and lies elsewhere. */
export const folderMark = (folder: string) => createHash('sha256').update(folder).digest('hex').slice(0, 8)

/**
 * Names the Unix socket of something that shows itself in this folder: beside its file there, or in a temporary folder of
 * its own where the path would be too long for a socket. Null if that is too long as well.
 */
export function ownSocket(folder: string, id: string, name: string): string | null {
  const own = join(folder, `${id}.${name}.sock`)
  if (fitsSocket(own)) return own
  // In a folder of its own, because nobody else may enter it: the temporary folder is everybody's.
  const elsewhere = join(tmpdir(), `gameday-${folderMark(folder)}-${id}`, `${name}.sock`)
  return fitsSocket(elsewhere) ? elsewhere : null
}

/** Makes a folder that only this user can enter. Returns whether it is a new one. Throws if somebody else has it. */
export function makePrivate(folder: string): boolean {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined
  const facts = lstatSync(folder)
  if (!facts.isDirectory() || (process.getuid !== undefined && facts.uid !== process.getuid()))
    throw new Error(`${folder} is not a folder of this user`)
  // Its socket could be reached before it has a mode of its own.
  if ((facts.mode & 0o077) !== 0) chmodSync(folder, 0o700)
  return made
}

/** Throws if what lies there belongs to somebody else: whoever listens there is told things, and believed. */
export function mustBeOurs(path: string): void {
  const uid = process.getuid?.()
  const owner = lstatSync(path).uid
  if (uid !== undefined && owner !== uid) throw new Error(`it belongs to another user (${owner})`)
}
