import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { openLogWriter } from '../../../src/log/index.ts'
import { MIGRATIONS } from '../../../src/log/migrations.ts'
import { newLogPath } from '../../support/log-path.ts'
import { requestRecord } from '../../support/request-records.ts'

const DAY = '2026-11-20'
const NOON = Date.parse(`${DAY}T12:00:00Z`)
const none = { requests: 0, atMs: 0 }
const spent = (tenant: string | null, chargedUsd: number | null, more: object = {}) =>
  requestRecord(NOON, { tenant, chargedUsd, ...more })

describe('what tenants have spent, by the log', () => {
  it('is what others spent: those who wrote before, and those who write beside it', () => {
    const path = newLogPath()
    const before = openLogWriter(path)
    before.write([spent('acme', 1), spent('acme', 0.5), spent(null, 0.25)], none)
    expect(before.spentElsewhere(DAY)).toEqual({ day: DAY, tenants: [] })
    before.close()

    const [one, other] = [openLogWriter(path), openLogWriter(path)]
    const old: [string | null, number][] = [
      ['acme', 1.5],
      [null, 0.25],
    ]
    expect(one.spentElsewhere(DAY).tenants).toEqual(old)
    one.write([spent('acme', 2), spent('bolt', 4)], none)
    expect(one.spentElsewhere(DAY).tenants).toEqual(old)
    expect(other.spentElsewhere(DAY).tenants).toEqual([
      ['bolt', 4],
      ['acme', 3.5],
      [null, 0.25],
    ])
    one.close()
    other.close()
  })

  it('goes by the day in UTC in which a request came in', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    const late = requestRecord('2026-11-21T00:00:01Z', { durationMs: 2000, chargedUsd: 1 })
    writer.write([late, requestRecord('2026-11-21T00:00:01Z', { chargedUsd: 2 })], none)
    writer.close()
    const again = openLogWriter(path)
    expect(again.spentElsewhere(DAY).tenants).toEqual([['acme', 1]])
    expect(again.spentElsewhere('2026-11-21').tenants).toEqual([['acme', 2]])
    expect(again.spentElsewhere('2026-11-22').tenants).toEqual([])
    again.close()
  })

  it('counts the cost of what no guardrail was charged for, and nothing of what is unknown', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    writer.write([spent('acme', null, { costUsd: 3 }), spent('acme', null, { costUsd: null })], none)
    writer.close()
    const again = openLogWriter(path)
    expect(again.spentElsewhere(DAY).tenants).toEqual([['acme', 3]])
    again.close()
  })

  it('counts no request twice whose writing failed', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    const broken = new Database(path)
    broken.exec(
      "CREATE TRIGGER full BEFORE INSERT ON spending WHEN NEW.tenant = 'bolt' BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    expect(() => writer.write([spent('acme', 1), spent('bolt', 1)], none)).toThrow(/full/)
    broken.exec('DROP TRIGGER full')
    broken.close()
    writer.write([spent('acme', 1), spent('bolt', 1)], none)
    expect(writer.spentElsewhere(DAY).tenants).toEqual([])
    writer.close()
    const again = openLogWriter(path)
    expect(new Map(again.spentElsewhere(DAY).tenants)).toEqual(
      new Map([
        ['acme', 1],
        ['bolt', 1],
      ]),
    )
    again.close()
  })

  it('tells of the ten thousand that spent most, whatever names callers invent', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    writer.write(
      Array.from({ length: 10_050 }, (_, i) => spent(`t${i}`, 1 + i)),
      none,
    )
    writer.close()
    const again = openLogWriter(path)
    const { tenants } = again.spentElsewhere(DAY)
    expect([tenants.length, tenants[0]]).toEqual([10_000, ['t10049', 10_050]])
    again.close()
  })

  it('is forgotten with the requests', () => {
    const writer = openLogWriter(newLogPath())
    writer.write([spent('acme', 1)], none)
    writer.prune(NOON)
    const rows = () => writer.database.prepare('SELECT * FROM spending').all()
    expect(rows()).toEqual([{ day: DAY, tenant: 'acme', usd: 1 }])
    writer.prune(NOON + 86_400_000)
    expect(rows()).toEqual([])
    writer.close()
  })

  it('begins with the day that a log of an older version is brought up to date', () => {
    const path = newLogPath()
    openLogWriter(path).close()
    const old = new Database(path)
    old.exec(
      'DROP TABLE requests; DROP TABLE losses; DROP TABLE bookings; DROP TABLE pages; DROP TABLE spending',
    )
    old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1`)
    old.close()
    const writer = openLogWriter(path)
    writer.write([spent('acme', 1)], none)
    expect(writer.database.prepare('SELECT charged_usd FROM requests').all()).toEqual([{ charged_usd: 1 }])
    writer.close()
  })
})
