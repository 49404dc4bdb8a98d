import type { Clock } from '../../base/index.ts'

/** Most tenants that are told apart in a day. Names come from callers, who could invent them without end. */
const MOST_TENANTS = 10_000

/** US dollars that others have spent for a tenant on a day (`2026-11-20`, UTC). Called for every request: it must be quick. */
export type SpentElsewhere = (day: string, tenant: string | null) => number
const DAY_MS = 86_400_000

interface Account {
  spentUsd: number
  /** Held back for requests under way, which may cost it. */
  reservedUsd: number
}

/**
 * What each tenant has spent today. The day is that of UTC on the wall clock; a clock that is put back across midnight
 * begins a new day as well. Kept in memory, and what others have spent comes on top, as far as it is known: other routers,
 * and this one before it was started.
 */
export class DayBudgets {
  readonly #clock: Pick<Clock, 'wall'>
  readonly #elsewhere: SpentElsewhere
  /** Days since 1970, by which no text need be made for every request. */
  #day = 0
  #dayText = ''
  #accounts = new Map<string, Account>()

  constructor(clock: Pick<Clock, 'wall'>, elsewhere: SpentElsewhere = () => 0) {
    this.#clock = clock
    this.#elsewhere = elsewhere
  }

  /** What is spent or held back today, in US dollars. */
  committed(tenant: string | null): number {
    const { spentUsd, reservedUsd } = this.#account(tenant)
    return spentUsd + reservedUsd + this.#elsewhere(this.#dayText, tenant)
  }

  /** Holds an amount back. The returned function says, once, what it came to. */
  reserve(tenant: string | null, usd: number): (spentUsd: number) => void {
    const account = this.#account(tenant)
    account.reservedUsd += usd
    // What is reserved before midnight and spent after it counts in the day it was asked in.
    return (spentUsd) => {
      account.reservedUsd -= usd
      account.spentUsd += spentUsd
    }
  }

  #account(tenant: string | null): Account {
    const day = Math.floor(this.#clock.wall().getTime() / DAY_MS)
    if (day !== this.#day) {
      this.#day = day
      this.#dayText = new Date(day * DAY_MS).toISOString().slice(0, 10)
      this.#accounts = new Map()
    }
    const full = this.#accounts.size >= MOST_TENANTS
    // The sign of the name keeps a tenant from posing as the nameless, or as those there was no room for.
    const key = tenant === null ? 'nameless' : `=${tenant}`
    const known = this.#accounts.get(key) ?? (full ? this.#accounts.get('others') : undefined)
    if (known !== undefined) return known
    const account = { spentUsd: 0, reservedUsd: 0 }
    this.#accounts.set(full ? 'others' : key, account)
    return account
  }
}
