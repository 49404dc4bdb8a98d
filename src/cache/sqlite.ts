import { closeSync, openSync } from 'node:fs'
import Database from 'libsql'
import { GamedayError, messageOf } from '../base/index.ts'
import type { AnswerStore, CacheLimits, KeptAnswer } from './types.ts'

/**
 * Answers in SQLite. libsql's calls all block, those of its promise interface as well (measured: 18 us for a read by
 * key, 200 us for a single write), so reads are made at once, and writes a few at a time between other work.
 *
 *     put --> waiting --a moment later--> one transaction of at most BATCH --> the rest in the next turn
 *                 '--- get looks here first
 */

/** How long a write waits for company. */
const WAIT_MS = 20
/** Most writes in one transaction: about a third of a millisecond. */
const BATCH = 16
/** Most writes that wait; where the disk does not keep up with more, they are dropped. */
const MOST_WAITING = 2000

/** libsql's own types say `any`. */
interface Statement {
  run(...values: (string | number | null)[]): { changes: number }
  get(...values: (string | number | null)[]): Record<string, unknown> | undefined
  all(...values: (string | number | null)[]): Record<string, unknown>[]
}
interface Connection {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS answers_1 (
    key TEXT PRIMARY KEY, body TEXT NOT NULL, stored_at INTEGER NOT NULL, cost REAL,
    bytes INTEGER NOT NULL, used INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS answers_1_used ON answers_1 (used);`

interface Waiting {
  answer: KeptAnswer | null
}

export class SqliteStore implements AnswerStore {
  readonly #connection: Connection
  readonly #limits: Pick<CacheLimits, 'entries' | 'bytes'>
  readonly #onTrouble: () => void
  readonly #statements: Record<'get' | 'put' | 'touch' | 'oldest' | 'drop' | 'sum' | 'size', Statement>
  /** By key; without an answer it was only used. */
  readonly #waiting = new Map<string, Waiting>()
  #timer: NodeJS.Timeout | undefined
  #entries: number
  #bytes: number
  #used: number
  #evicted = 0

  constructor(connection: Connection, limits: Pick<CacheLimits, 'entries' | 'bytes'>, onTrouble: () => void) {
    this.#connection = connection
    this.#limits = limits
    this.#onTrouble = onTrouble
    this.#statements = {
      get: connection.prepare('SELECT body, stored_at, cost FROM answers_1 WHERE key = ?'),
      put: connection.prepare('INSERT OR REPLACE INTO answers_1 VALUES (?, ?, ?, ?, ?, ?)'),
      touch: connection.prepare('UPDATE answers_1 SET used = ? WHERE key = ?'),
      oldest: connection.prepare('SELECT key, bytes FROM answers_1 ORDER BY used LIMIT 1'),
      drop: connection.prepare('DELETE FROM answers_1 WHERE key = ?'),
      size: connection.prepare('SELECT bytes FROM answers_1 WHERE key = ?'),
      sum: connection.prepare(
        'SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes, coalesce(max(used), 0) AS used FROM answers_1',
      ),
    }
    const { n, bytes, used } = this.#statements.sum.get() ?? {}
    this.#entries = Number(n)
    this.#bytes = Number(bytes)
    this.#used = Number(used)
  }

  get evicted(): number {
    return this.#evicted
  }

  async get(key: string): Promise<KeptAnswer | null> {
    const waiting = this.#waiting.get(key)?.answer
    if (waiting !== undefined && waiting !== null) return waiting
    const row = this.#statements.get.get(key)
    if (row === undefined) return null
    this.#wait(key, null)
    return {
      body: String(row['body']),
      storedAtMs: Number(row['stored_at']),
      costUsd: typeof row['cost'] === 'number' ? row['cost'] : null,
    }
  }

  put(key: string, answer: KeptAnswer): void {
    if (this.#waiting.size >= MOST_WAITING) throw new Error('the disk does not keep up')
    this.#wait(key, answer)
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    while (this.#waiting.size > 0) this.#write()
    // Closing alone keeps the lock for as long as the prepared statements live, which is until they are collected.
    this.#connection.exec(
      'PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT 1 FROM answers_1',
    )
    this.#connection.close()
  }

  #wait(key: string, answer: KeptAnswer | null): void {
    if (answer === null && this.#waiting.size >= MOST_WAITING) return
    this.#waiting.set(key, { answer })
    this.#timer ??= this.#later(WAIT_MS)
  }

  #later(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#write()
      this.#timer = this.#waiting.size > 0 ? this.#later(1) : undefined
    }, ms)
  }

  #write(): void {
    const batch = [...this.#waiting].slice(0, BATCH)
    for (const [key] of batch) this.#waiting.delete(key)
    try {
      this.#connection.exec('BEGIN')
      for (const [key, { answer }] of batch) {
        this.#used += 1
        if (answer === null) this.#statements.touch.run(this.#used, key)
        else this.#insert(key, answer)
      }
      this.#makeRoom()
      this.#connection.exec('COMMIT')
    } catch {
      this.#onTrouble()
      this.#undo()
    }
  }

  #insert(key: string, { body, storedAtMs, costUsd }: KeptAnswer): void {
    const before = this.#statements.size.get(key)
    const bytes = Buffer.byteLength(body) + key.length
    this.#statements.put.run(key, body, storedAtMs, costUsd, bytes, this.#used)
    this.#entries += before === undefined ? 1 : 0
    this.#bytes += bytes - Number(before?.['bytes'] ?? 0)
  }

  #makeRoom(): void {
    while (this.#entries > this.#limits.entries || this.#bytes > this.#limits.bytes) {
      const oldest = this.#statements.oldest.get()
      if (oldest === undefined) return
      this.#statements.drop.run(String(oldest['key']))
      this.#entries -= 1
      this.#bytes -= Number(oldest['bytes'])
      this.#evicted += 1
    }
  }

  /** A transaction that failed is undone as a whole, and what was counted in it is counted again. */
  #undo(): void {
    try {
      this.#connection.exec('ROLLBACK')
    } catch {
      // There was none to undo: beginning it is what failed.
    }
    try {
      const { n, bytes } = this.#statements.sum.get() ?? {}
      this.#entries = Number(n)
      this.#bytes = Number(bytes)
    } catch {
      this.#onTrouble()
    }
  }
}

/**
 * Opens SQLite at this path, or in memory. The file is for its owner's eyes only, as it holds answers in the clear.
 *
 * @throws GamedayError `CACHE_UNUSABLE` if the file cannot be used, or another router uses it
 */
export function openSqlite(
  file: string | null,
  limits: Pick<CacheLimits, 'entries' | 'bytes'>,
  onTrouble: () => void,
): SqliteStore {
  try {
    if (file !== null) closeSync(openSync(file, 'a', 0o600))
    const connection = new Database(file ?? ':memory:', {}) as unknown as Connection
    // After a power cut the last answers may be missing, which a cache can bear; waiting for the disk it cannot.
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
    connection.exec(SCHEMA)
    return new SqliteStore(connection, limits, onTrouble)
  } catch (cause) {
    throw new GamedayError(`the cache cannot use ${file ?? 'SQLite'}: ${messageOf(cause)}`, {
      code: 'CACHE_UNUSABLE',
      hint: 'Each router needs a file of its own, in a folder it may write to. A broken one can be deleted: it is only a cache. To share a cache, set router.cache.redis.',
      cause,
    })
  }
}
