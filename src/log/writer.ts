import type { RequestRecord } from '../record/index.ts'
import { openForWriting, type LogDatabase } from './database.ts'
import { spendingTable, type DaySpending } from './spending.ts'

/** Of so many old requests one step of the clean-up is made, so that no reader or writer waits for long. */
const PRUNED_AT_ONCE = 2000

const INSERT = `INSERT INTO requests VALUES (${Array.from({ length: 27 }, () => '?').join(', ')})`

/** The one who writes the log. Every call is synchronous: it belongs where nobody waits for an answer. */
export interface LogWriter {
  /** Writes all of them or none; `lost` are requests before them that could not be kept. Throws what SQLite throws. */
  write(records: readonly RequestRecord[], lost: { requests: number; atMs: number }): void
  /** Forgets requests that ended before `beforeMs`, some of them; whether there may be more. */
  prune(beforeMs: number): boolean
  /** What others have spent on a day (`2026-11-20`, UTC) by this log. */
  spentElsewhere(day: string): DaySpending
  readonly database: LogDatabase
  close(): void
}

/** Opens the log to write into it. Throws `LOG_UNUSABLE`. */
export function openLogWriter(path: string): LogWriter {
  const database = openForWriting(path)
  const insert = database.prepare(INSERT)
  const lose = database.prepare('INSERT INTO losses VALUES (?, ?)')
  const forget = database.prepare(
    `DELETE FROM requests WHERE rowid IN (SELECT rowid FROM requests WHERE ended_ms < ? LIMIT ${PRUNED_AT_ONCE})`,
  )
  const spending = spendingTable(database)
  const forgetDays = database.prepare('DELETE FROM spending WHERE day < ?')
  return {
    database,
    write(records, lost) {
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const record of records) insert.run(...rowOf(record))
        if (lost.requests > 0) lose.run(lost.atMs, lost.requests)
        const written = spending.add(records)
        database.exec('COMMIT')
        written()
      } catch (error) {
        // A full disk has rolled back already.
        if (database.inTransaction) database.exec('ROLLBACK')
        throw error
      }
    },
    prune(beforeMs) {
      forgetDays.run(new Date(beforeMs).toISOString().slice(0, 10))
      return forget.run(beforeMs).changes === PRUNED_AT_ONCE
    },
    spentElsewhere: (day) => spending.elsewhere(day),
    close: () => void database.close(),
  }
}

function rowOf(record: RequestRecord): (string | number | null)[] {
  const startedMs = Date.parse(record.startedAt)
  return [
    record.id,
    startedMs,
    Math.round(startedMs + record.durationMs),
    record.drill,
    record.tenant,
    record.feature,
    record.stream ? 1 : 0,
    record.askedModel,
    record.role,
    record.provider,
    record.model,
    record.attempts,
    record.guardrail,
    record.outcome,
    record.class,
    record.inputTokens,
    record.outputTokens,
    record.costUsd,
    record.firstTokenMs,
    record.durationMs,
    record.text?.request ?? null,
    record.text?.answer ?? null,
    record.chosen,
    record.cacheReadTokens,
    record.cacheWriteTokens,
    record.promptCacheSavedUsd,
    record.chargedUsd,
  ]
}
