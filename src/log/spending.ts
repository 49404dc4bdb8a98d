import type { RequestRecord } from '../record/index.ts'
import type { LogDatabase } from './database.ts'

/** Most tenants that are told of. Names come from callers, who could invent them without end. */
const MOST_TENANTS = 10_000
/** In the table, the tenant of a request that names none. No tag is empty. */
const NAMELESS = ''

/** What tenants have spent on one day, in US dollars; null are the requests without a tenant. */
export interface DaySpending {
  /** In UTC: `2026-11-20`. */
  day: string
  tenants: [tenant: string | null, usd: number][]
}

/** The table of what each tenant spent each day: a few rows, so that nobody adds a day of requests up. */
export interface SpendingTable {
  /**
   * Adds what these requests were charged. Belongs into the transaction that writes them; the returned function is called
   * once that is committed.
   */
  add(records: readonly RequestRecord[]): () => void
  /** What others than this program, since it was started, have spent on a day: other routers, and itself before. */
  elsewhere(day: string): DaySpending
}

/** Opens the table of an open log. */
export function spendingTable(database: LogDatabase): SpendingTable {
  const charge = database.prepare(
    'INSERT INTO spending VALUES (?, ?, ?) ON CONFLICT (day, tenant) DO UPDATE SET usd = usd + excluded.usd',
  )
  const read = database.prepare(
    `SELECT tenant, usd FROM spending WHERE day = ? ORDER BY usd DESC LIMIT ${MOST_TENANTS}`,
  )
  /** By day and tenant, of this program; of days that may still be asked for. */
  let own = new Map<string, number>()
  const key = (day: string, tenant: string) => `${day} ${tenant}`

  return {
    add(records) {
      const sums = new Map<string, { day: string; tenant: string; usd: number }>()
      for (const { startedAt, tenant, chargedUsd, costUsd } of records) {
        const usd = chargedUsd ?? costUsd ?? 0
        if (usd <= 0) continue
        const [day, name] = [startedAt.slice(0, 10), tenant ?? NAMELESS]
        const sum = sums.get(key(day, name)) ?? { day, tenant: name, usd: 0 }
        sum.usd += usd
        sums.set(key(day, name), sum)
      }
      for (const { day, tenant, usd } of sums.values()) charge.run(day, tenant, usd)
      return () => {
        for (const [at, { usd }] of sums) own.set(at, (own.get(at) ?? 0) + usd)
      }
    },
    elsewhere(day) {
      own = new Map([...own].filter(([at]) => at >= day))
      const rows = read.all(day) as { tenant: string; usd: number }[]
      return {
        day,
        tenants: rows.flatMap(({ tenant, usd }): DaySpending['tenants'] => {
          // What is left of two sums of the same parts in another order is no money.
          const others = usd - (own.get(key(day, tenant)) ?? 0)
          return others < 1e-9 ? [] : [[tenant === NAMELESS ? null : tenant, others]]
        }),
      }
    },
  }
}
