import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type Database from 'libsql'
import { GamedayError, messageOf, systemCode } from '../base/index.ts'
import { MIGRATIONS } from './migrations.ts'

export type LogDatabase = InstanceType<typeof Database>

/** Loads the library at the first use: its binary takes 50 ms and more, and most commands have no log to open. */
const library = () => createRequire(import.meta.url)('libsql') as typeof Database

/** How long one process waits for another that writes. */
const BUSY_MS = 5000
const LOOK_AGAIN_MS = 20

/**
 * Opens the log for writing, makes it where there is none, and brings an older one up to date. Throws `LOG_UNUSABLE`.
 *
 * Write-ahead: whoever reads never waits for the writer, and a process that is killed leaves whole batches behind. A
 * commit is not synced to the disk, because a power cut that takes the last second of a log is no harm.
 */
export function openForWriting(path: string): LogDatabase {
  return using(path, () => {
    // Tenants' names are in it, and texts where they are wanted.
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const database = new (library())(path)
    database.pragma(`busy_timeout = ${BUSY_MS}`)
    onceUnlocked(() => database.pragma('journal_mode = WAL'))
    database.pragma('synchronous = NORMAL')
    migrate(database, path)
    return database
  })
}

/** Opens the log for reading; null where there is none. Throws `LOG_UNUSABLE`, as for a file that is no log. */
export function openForReading(path: string): LogDatabase | null {
  // SQLite would make an empty file even of one that it shall only read.
  if (!existsSync(path)) return null
  return using(path, () => {
    const database = new (library())(path, { readonly: true })
    database.pragma(`busy_timeout = ${BUSY_MS}`)
    const version = versionOf(database)
    if (version < MIGRATIONS.length) {
      // The first version that can be read is the one that this program writes.
      database.close()
      return version === 0 ? null : openForWriting(path)
    }
    refuseNewer(version, path)
    return database
  })
}

/**
 * Does what SQLite does not wait for by itself: two processes that make one log at the same moment, and both turn it to
 * write-ahead, had one of them refused at once in 20 of 120 trials.
 */
function onceUnlocked(act: () => void): void {
  for (let left = BUSY_MS; ; left -= LOOK_AGAIN_MS) {
    try {
      return act()
    } catch (error) {
      if (left <= 0 || systemCode(error) !== 'SQLITE_BUSY') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS)
    }
  }
}

function migrate(database: LogDatabase, path: string): void {
  // Looked at within the transaction: two processes may find an old log at the same time.
  database.exec('BEGIN IMMEDIATE')
  try {
    const version = versionOf(database)
    refuseNewer(version, path)
    for (const step of MIGRATIONS.slice(version)) database.exec(step)
    if (version < MIGRATIONS.length) database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function versionOf(database: LogDatabase): number {
  // The pragma alone calls a file of anything an empty log.
  database.prepare('SELECT COUNT(*) FROM sqlite_master').get()
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  return version
}

function refuseNewer(version: number, path: string): void {
  if (version <= MIGRATIONS.length) return
  throw new GamedayError(
    `the request log ${path} was written by a newer gameday (its version is ${version})`,
    {
      code: 'LOG_UNUSABLE',
      hint: 'Update gameday, or name another file as log.path in gameday.yaml.',
    },
  )
}

function using<T>(path: string, open: () => T): T {
  try {
    return open()
  } catch (cause) {
    if (cause instanceof GamedayError) throw cause
    throw new GamedayError(`cannot use the request log ${path}: ${messageOf(cause)}`, {
      code: 'LOG_UNUSABLE',
      hint: 'Name another file as log.path in gameday.yaml, or move this one away: a new one is made.',
      cause,
    })
  }
}
