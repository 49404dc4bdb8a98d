import { SLICES, type Slice } from '../slo/index.ts'
import { openForReading, type LogDatabase } from './database.ts'

/** A stretch of wall time, in milliseconds: `fromMs` belongs to it, `toMs` does not. */
export interface LogSpan {
  fromMs: number
  toMs: number
}

export interface LogTotals {
  /** Tenant or feature; null for all of them, and for requests without. */
  key: string | null
  requests: number
  failed: number
  /** By nearest rank over all of them, failures infinite; null without a request. */
  p95Ms: number | 'inf' | null
  /** Cost of those requests whose cost is known. */
  costUsd: number
  /** Successes whose cost is known. */
  priced: number
  /** Requests whose cost is not. */
  unpriced: number
  /** Successes that the router's own cache answered. */
  cached: number
}

/** What vendors' own prompt caches did. */
export interface LogPromptCaching {
  /** Requests of which something was read or written. */
  requests: number
  readTokens: number
  writtenTokens: number
  /** US dollars; negative where writing cost more than reading saved. */
  savedUsd: number
  /** Requests among them of which nobody knows what they saved. */
  unknown: number
}

/** What is in the span and in no population, and what never got into the log. */
export interface LogRest {
  abandoned: number
  callersFault: number
  drills: number
  lost: number
}

export interface LogReader {
  /** When the oldest request that is kept ended; null for an empty log. */
  sinceMs(): number | null
  totals(span: LogSpan, p95Ms: number): LogTotals
  /** By tenant or feature, most requests first, `most` at most. */
  totalsBy(by: 'tenant' | 'feature', span: LogSpan, p95Ms: number, most: number): LogTotals[]
  losses(span: LogSpan, p95Ms: number): { requests: number; failed: number }
  promptCaching(span: LogSpan): LogPromptCaching
  rest(span: LogSpan, p95Ms: number): LogRest
  slices(span: LogSpan, p95Ms: number): Slice[]
  bookings(span: LogSpan): { atMs: number; cause: string; failures: number; note: string | null }[]
  pages(most: number): LogPage[]
  close(): void
}

/** A page of an alert, or that it resolved. */
export interface LogPage {
  id: number
  rule: string
  kind: 'fired' | 'resolved'
  atMs: number
  detail: string
  deliveredMs: number | null
}

const IN_SPAN = 'ended_ms >= :fromMs AND ended_ms < :toMs'
/** A caller that hung up before anything came, later than all was promised to be there, has met a failure. */
const GAVE_UP = "outcome = 'abandoned' AND first_token_ms IS NULL AND duration_ms >= :p95Ms"
/** Requests of clients that were answered or should have been. */
const COUNTED = `${IN_SPAN} AND drill IS NULL AND (class IS NULL OR class <> 'caller-fault') AND (outcome <> 'abandoned' OR (${GAVE_UP}))`
const SUMS = `COUNT(*) AS requests, COUNT(*) - COALESCE(SUM(outcome = 'ok'), 0) AS failed,
  COALESCE(SUM(cost_usd), 0) AS costUsd, COALESCE(SUM(outcome = 'ok' AND cost_usd IS NOT NULL), 0) AS priced,
  COALESCE(SUM(cost_usd IS NULL), 0) AS unpriced,
  COALESCE(SUM(outcome = 'ok' AND role = 'cache'), 0) AS cached`
/** A sum of one request: other attempts than the one that served it may have used the cache as well. */
const PROMPT_CACHED = `${IN_SPAN} AND drill IS NULL AND
  (COALESCE(cache_read_tokens, 0) + COALESCE(cache_write_tokens, 0) > 0 OR prompt_cache_saved_usd <> 0)`

/** Opens the log to read it, also while it is written; null where there is none. Throws `LOG_UNUSABLE`. */
export function openLogReader(path: string): LogReader | null {
  const database = openForReading(path)
  return database === null ? null : readerOf(database)
}

/** Reads an open log. */
export function readerOf(database: LogDatabase): LogReader {
  const one = <T>(sql: string, values: object = {}) => {
    // The library adds how long it took.
    const { _metadata, ...row } = database.prepare(sql).get(values) as T & { _metadata?: unknown }
    return row as T
  }
  const all = <T>(sql: string, values: object = {}) => database.prepare(sql).all(values) as T[]

  const p95Of = (
    where: string,
    values: object,
    { requests, failed }: { requests: number; failed: number },
  ) => {
    if (requests === 0) return null
    const rank = Math.ceil(Number((0.95 * requests).toPrecision(12)))
    if (rank > requests - failed) return 'inf'
    const { duration } = one<{ duration: number }>(
      `SELECT duration_ms AS duration FROM requests WHERE ${where} AND outcome = 'ok' ORDER BY duration_ms LIMIT 1 OFFSET :skipped`,
      { ...values, skipped: rank - 1 },
    )
    return duration
  }
  const sums = (span: LogSpan, p95Ms: number) =>
    one<Omit<LogTotals, 'key' | 'p95Ms'>>(`SELECT ${SUMS} FROM requests WHERE ${COUNTED}`, { ...span, p95Ms })

  return {
    sinceMs: () => one<{ since: number | null }>('SELECT MIN(ended_ms) AS since FROM requests').since,
    totals(span, p95Ms) {
      const all = sums(span, p95Ms)
      return { key: null, ...all, p95Ms: p95Of(COUNTED, { ...span, p95Ms }, all) }
    },
    totalsBy: (by, span, p95Ms, most) =>
      all<Omit<LogTotals, 'p95Ms'>>(
        `SELECT ${by} AS key, ${SUMS} FROM requests WHERE ${COUNTED} GROUP BY ${by} ORDER BY requests DESC, key LIMIT :most`,
        { ...span, p95Ms, most },
      ).map((row) => ({
        ...row,
        p95Ms: p95Of(`${COUNTED} AND ${by} IS :key`, { ...span, p95Ms, key: row.key }, row),
      })),
    losses(span, p95Ms) {
      const { requests, failed } = sums(span, p95Ms)
      return { requests, failed }
    },
    promptCaching: (span) =>
      one<LogPromptCaching>(
        `SELECT COUNT(*) AS requests, COALESCE(SUM(cache_read_tokens), 0) AS readTokens,
          COALESCE(SUM(cache_write_tokens), 0) AS writtenTokens, COALESCE(SUM(prompt_cache_saved_usd), 0) AS savedUsd,
          COALESCE(SUM(prompt_cache_saved_usd IS NULL), 0) AS unknown FROM requests WHERE ${PROMPT_CACHED}`,
        span,
      ),
    rest: (span, p95Ms) => ({
      ...one<Omit<LogRest, 'lost'>>(
        `SELECT COALESCE(SUM(drill IS NULL AND outcome = 'abandoned' AND NOT (${GAVE_UP})), 0) AS abandoned,
          COALESCE(SUM(drill IS NULL AND class = 'caller-fault'), 0) AS callersFault,
          COALESCE(SUM(drill IS NOT NULL), 0) AS drills FROM requests WHERE ${IN_SPAN}`,
        { ...span, p95Ms },
      ),
      lost: one<{ lost: number }>(
        'SELECT COALESCE(SUM(requests), 0) AS lost FROM losses WHERE at_ms >= :fromMs AND at_ms < :toMs',
        span,
      ).lost,
    }),
    slices(span, p95Ms) {
      const sliceMs = (span.toMs - span.fromMs) / SLICES
      const found = all<Slice & { slice: number }>(
        `SELECT CAST((ended_ms - :fromMs) / :sliceMs AS INTEGER) AS slice, COUNT(*) AS requests, SUM(outcome = 'ok') AS ok,
          SUM(outcome = 'ok' AND duration_ms < :p95Ms) AS fast, COALESCE(SUM(cost_usd), 0) AS costUsd,
          SUM(outcome = 'ok' AND cost_usd IS NOT NULL) AS priced FROM requests WHERE ${COUNTED} GROUP BY slice`,
        { ...span, p95Ms, sliceMs },
      )
      const none: Slice = { requests: 0, ok: 0, fast: 0, costUsd: 0, priced: 0 }
      return Array.from({ length: SLICES }, (_, index) => found.find(({ slice }) => slice === index) ?? none)
    },
    bookings: (span) =>
      all(
        'SELECT at_ms AS atMs, cause, failures, note FROM bookings WHERE at_ms >= :fromMs AND at_ms < :toMs ORDER BY id',
        span,
      ),
    pages: (most) =>
      all<LogPage>(
        'SELECT id, rule, kind, at_ms AS atMs, detail, delivered_ms AS deliveredMs FROM pages ORDER BY id DESC LIMIT :most',
        { most },
      ).toReversed(),
    close: () => void database.close(),
  }
}
