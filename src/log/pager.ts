import { ALERTS, type AlertId, type Clock } from '../base/index.ts'
import { describeAlert, nextPage, readAlert, type Objectives } from '../slo/index.ts'
import type { LogDatabase } from './database.ts'
import { readerOf, type LogPage } from './reader.ts'

const DAY_MS = 86_400_000

/** A page as people get it. */
export interface Page {
  rule: AlertId
  state: 'fired' | 'resolved'
  /** ISO 8601 UTC. */
  at: string
  detail: string
  /** All of it in one line. */
  text: string
}

export interface PagerOptions {
  /** The log, open for writing: what was paged is kept in it, and so survives a restart. */
  database: LogDatabase
  objectives: Objectives
  clock: Clock
  /** Brings a page to people. One that rejects is brought again at the next look, for a day. */
  deliver: (page: Page) => Promise<void>
  /** Told once for every page that could not be brought. */
  onUndelivered: (page: Page, error: unknown) => void
}

export interface Pager {
  /** Looks at the log once, and brings what there is to bring. */
  look(): Promise<void>
}

/**
 * Looks at the three alerts over the log. Each pages once and resolves once, however often the program is restarted;
 * a page whose delivery was cut off by one is brought again rather than not at all.
 */
export function createPager({ database, objectives, clock, deliver, onUndelivered }: PagerOptions): Pager {
  const reader = readerOf(database)
  const last = database.prepare('SELECT kind FROM pages WHERE rule = ? ORDER BY id DESC LIMIT 1')
  const insert = database.prepare('INSERT INTO pages (rule, kind, at_ms, detail) VALUES (?, ?, ?, ?)')
  const delivered = database.prepare('UPDATE pages SET delivered_ms = ? WHERE id = ?')
  const open = database.prepare(
    'SELECT id, rule, kind, at_ms AS atMs, detail, delivered_ms AS deliveredMs FROM pages WHERE delivered_ms IS NULL AND at_ms >= ? ORDER BY id',
  )
  const complained = new Set<number>()

  const judge = (nowMs: number) => {
    // One transaction: two routers may keep one log, and only one of them is to page.
    database.exec('BEGIN IMMEDIATE')
    try {
      for (const { id, windowMs } of ALERTS) {
        const reading = readAlert(
          id,
          reader.slices({ fromMs: nowMs - windowMs, toMs: nowMs }, objectives.p95Ms),
          objectives,
        )
        const before = last.get(id) as { kind: string } | undefined
        const next = nextPage(before?.kind === 'fired', reading)
        if (next !== null) insert.run(id, next, nowMs, reading.detail)
      }
      database.exec('COMMIT')
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    async look() {
      const nowMs = clock.wall().getTime()
      judge(nowMs)
      for (const row of open.all(nowMs - DAY_MS) as LogPage[]) {
        const page = pageOf(row, objectives)
        try {
          await deliver(page)
          delivered.run(clock.wall().getTime(), row.id)
        } catch (error) {
          if (!complained.has(row.id)) onUndelivered(page, error)
          complained.add(row.id)
          // A resolution does not overtake its page.
          return
        }
      }
    },
  }
}

function pageOf({ rule, kind, atMs, detail }: LogPage, objectives: Objectives): Page {
  const found = ALERTS.find(({ id }) => id === rule) ?? ALERTS[0]
  const what = describeAlert(found.id, objectives, found.windowMs)
  return {
    rule: found.id,
    state: kind,
    at: new Date(atMs).toISOString(),
    detail,
    text: `[gameday] ${kind === 'fired' ? 'FIRING' : 'RESOLVED'}: ${what} (${detail})`,
  }
}
