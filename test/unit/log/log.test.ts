import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { book, openLogReader, openLogWriter } from '../../../src/log/index.ts'
import { MIGRATIONS } from '../../../src/log/migrations.ts'
import { newLogPath } from '../../support/log-path.ts'
import { ROOT } from '../../support/program.ts'
import { requestRecord } from '../../support/request-records.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const day = { fromMs: NOON - 86_400_000, toMs: NOON + 1 }
const P95 = 2500
const none = { requests: 0, atMs: 0 }

function logOf(records: ReturnType<typeof requestRecord>[], path = newLogPath()) {
  const writer = openLogWriter(path)
  writer.write(records, none)
  writer.close()
  const reader = openLogReader(path)
  if (reader === null) throw new Error('there is no log')
  return reader
}

describe('the log', () => {
  it('is made where it is missing, for its owner alone, and reading makes none', () => {
    const path = newLogPath()
    expect(openLogReader(path)).toBeNull()
    expect(existsSync(path)).toBe(false)
    openLogWriter(path).close()
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  })

  it('keeps every field of a record', () => {
    const path = newLogPath()
    const record = requestRecord('2026-11-20T11:59:59.250Z', {
      drill: 'r7x',
      stream: true,
      outcome: 'truncated',
      class: 'truncated',
      firstTokenMs: 120.5,
      durationMs: 750,
      chosen: 'canary',
      cacheReadTokens: 70,
      cacheWriteTokens: 20,
      promptCacheSavedUsd: -0.0001,
      chargedUsd: 0.002,
      text: { request: 'asked', answer: 'answered' },
    })
    logOf([record], path).close()
    expect(new Database(path).prepare('SELECT * FROM requests').all()).toEqual([
      {
        id: record.id,
        started_ms: NOON - 1500,
        ended_ms: NOON - 750,
        drill: 'r7x',
        tenant: 'acme',
        feature: 'search',
        stream: 1,
        asked_model: 'gpt-4o-mini',
        role: 'primary',
        provider: 'one',
        model: 'gpt-4o-mini',
        attempts: 1,
        guardrail: null,
        outcome: 'truncated',
        class: 'truncated',
        input_tokens: 100,
        output_tokens: 20,
        cost_usd: 0.001,
        first_token_ms: 120.5,
        duration_ms: 750,
        request_text: 'asked',
        answer_text: 'answered',
        chosen: 'canary',
        cache_read_tokens: 70,
        cache_write_tokens: 20,
        prompt_cache_saved_usd: -0.0001,
        charged_usd: 0.002,
      },
    ])
  })

  it('sums up a window: who failed, p95 with failures as infinite, cost where it is known', () => {
    const reader = logOf([
      ...Array.from({ length: 95 }, (_, i) => requestRecord(NOON - i, { durationMs: 100 + i })),
      ...Array.from({ length: 4 }, () =>
        requestRecord(NOON, { outcome: 'failed', class: 'overloaded', costUsd: 0 }),
      ),
      requestRecord(NOON, { durationMs: 9000, costUsd: null }),
      requestRecord(NOON - 2 * 86_400_000, { outcome: 'failed', class: 'overloaded' }),
    ])
    expect(reader.totals(day, P95)).toEqual({
      key: null,
      requests: 100,
      failed: 4,
      p95Ms: 194,
      costUsd: expect.closeTo(0.095, 9) as unknown,
      priced: 95,
      unpriced: 1,
      cached: 0,
    })
    reader.close()
  })

  it('tells apart what its own cache answered, and sums up what vendors’ prompt caches did', () => {
    const reader = logOf([
      requestRecord(NOON, { role: 'cache', provider: null, costUsd: 0 }),
      requestRecord(NOON, { role: 'cache', provider: null, costUsd: 0, tenant: 'bolt' }),
      requestRecord(NOON, { cacheReadTokens: 70, cacheWriteTokens: 0, promptCacheSavedUsd: 0.003 }),
      requestRecord(NOON, { cacheReadTokens: 0, cacheWriteTokens: 30, promptCacheSavedUsd: -0.005 }),
      requestRecord(NOON, { cacheReadTokens: 9, cacheWriteTokens: 0, promptCacheSavedUsd: null }),
      // The attempt that used the cache was not the one that served it.
      requestRecord(NOON, { promptCacheSavedUsd: 0.001 }),
      requestRecord(NOON, { drill: 'r7x', cacheReadTokens: 70, promptCacheSavedUsd: 0.003 }),
      requestRecord(NOON, { promptCacheSavedUsd: null, costUsd: null }),
    ])
    expect(reader.totals(day, P95).cached).toBe(2)
    expect(reader.totalsBy('tenant', day, P95, 9).map(({ key, cached }) => [key, cached])).toEqual([
      ['acme', 1],
      ['bolt', 1],
    ])
    expect(reader.promptCaching(day)).toEqual({
      requests: 4,
      readTokens: 79,
      writtenTokens: 30,
      savedUsd: expect.closeTo(-0.001, 9) as unknown,
      unknown: 1,
    })
    reader.close()
  })

  it('says that the p95 is infinite where more than 5 % failed, and nothing without a request', () => {
    const failed = Array.from({ length: 6 }, () => requestRecord(NOON, { outcome: 'failed', class: 'quota' }))
    const reader = logOf([...failed, ...Array.from({ length: 94 }, () => requestRecord(NOON))])
    expect(reader.totals(day, P95).p95Ms).toBe('inf')
    expect(reader.totals({ fromMs: 0, toMs: 1 }, P95)).toMatchObject({ requests: 0, p95Ms: null })
    reader.close()
  })

  it('leaves out what is no failure of the service, and says how much that was', () => {
    const reader = logOf([
      requestRecord(NOON),
      requestRecord(NOON, { outcome: 'failed', class: 'caller-fault' }),
      requestRecord(NOON, { drill: 'r7x', outcome: 'failed', class: 'overloaded' }),
      requestRecord(NOON, { outcome: 'abandoned', durationMs: 400 }),
      requestRecord(NOON, { outcome: 'abandoned', durationMs: 9000, firstTokenMs: 300 }),
      requestRecord(NOON, { outcome: 'abandoned', durationMs: 9000 }),
    ])
    // The last one waited longer than was promised and saw nothing: that is a failure.
    expect(reader.losses(day, P95)).toEqual({ requests: 2, failed: 1 })
    expect(reader.rest(day, P95)).toEqual({ abandoned: 2, callersFault: 1, drills: 1, lost: 0 })
    reader.close()
  })

  it('tells tenants apart, those with most requests first', () => {
    const reader = logOf([
      requestRecord(NOON, { tenant: 'b', durationMs: 10 }),
      requestRecord(NOON, { tenant: 'b', durationMs: 20 }),
      requestRecord(NOON, { tenant: 'a', outcome: 'failed', class: 'timeout' }),
      requestRecord(NOON, { tenant: null, durationMs: 30 }),
    ])
    const rows = reader.totalsBy('tenant', day, P95, 2)
    expect(rows.map(({ key, requests, failed, p95Ms }) => [key, requests, failed, p95Ms])).toEqual([
      ['b', 2, 0, 20],
      [null, 1, 0, 30],
    ])
    expect(reader.totalsBy('tenant', day, P95, 9).at(-1)).toMatchObject({ key: 'a', p95Ms: 'inf' })
    reader.close()
  })

  it('counts what could not be kept, and keeps what was booked', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    writer.write([], { requests: 12, atMs: NOON })
    writer.close()
    book(path, { cause: 'deploy', failures: 3, note: 'bad prompt', atMs: NOON })
    const reader = openLogReader(path)
    expect(reader?.rest(day, P95).lost).toBe(12)
    expect(reader?.bookings(day)).toEqual([{ atMs: NOON, cause: 'deploy', failures: 3, note: 'bad prompt' }])
    expect(reader?.sinceMs()).toBeNull()
    reader?.close()
  })

  it('forgets what is older than wanted, a part at a time', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    writer.write(
      Array.from({ length: 2500 }, (_, i) => requestRecord(NOON - i)),
      none,
    )
    expect([writer.prune(NOON - 99), writer.prune(NOON - 99)]).toEqual([true, false])
    const reader = openLogReader(path)
    expect(reader?.losses(day, P95).requests).toBe(100)
    reader?.close()
    writer.close()
  })

  it('is read by another while it is written', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    writer.write([requestRecord(NOON)], none)
    const reader = openLogReader(path)
    writer.database.exec('BEGIN IMMEDIATE')
    expect(reader?.losses(day, P95).requests).toBe(1)
    writer.database.exec('COMMIT')
    writer.write([requestRecord(NOON)], none)
    expect(reader?.losses(day, P95).requests).toBe(2)
    reader?.close()
    writer.close()
  })

  it('is opened by another while it is being made, as soon as that is done', async () => {
    const path = newLogPath()
    mkdirSync(dirname(path), { recursive: true })
    const maker = new Database(path)
    maker.exec('BEGIN IMMEDIATE; CREATE TABLE something (x)')
    const opened = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { openLogWriter } from ${JSON.stringify(join(ROOT, 'dist', 'log', 'index.js'))}
         process.stdout.write('opening ')
         openLogWriter(${JSON.stringify(path)}).close()
         process.stdout.write('opened')`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    opened.stdout.on('data', (piece: Buffer) => (said += piece.toString()))
    await expect.poll(() => said, { timeout: 10_000 }).toContain('opening')
    await systemClock.sleep(300)
    maker.exec('COMMIT')
    await once(opened, 'close')
    expect(said).toBe('opening opened')
  })

  it('keeps whole batches of a process that is killed while it writes', async () => {
    const path = newLogPath()
    const script = `
      import { openLogWriter } from ${JSON.stringify(new URL('../../../src/log/index.ts', import.meta.url).href)}
      import { requestRecord } from ${JSON.stringify(new URL('../../support/request-records.ts', import.meta.url).href)}
      const writer = openLogWriter(${JSON.stringify(path)})
      for (;;) { writer.write(Array.from({ length: 7 }, () => requestRecord(${NOON})), { requests: 0, atMs: 0 }); process.stdout.write('.') }`
    const file = join(dirname(path), '..', 'write.ts')
    writeFileSync(file, script)
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: process.cwd(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise<void>((resolve) => child.stdout.once('data', () => setTimeout(resolve, 100)))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    const reader = openLogReader(path)
    const { requests } = reader!.losses(day, P95)
    expect(requests).toBeGreaterThan(0)
    expect(requests % 7).toBe(0)
    reader?.close()
    // And the next one can go on.
    const writer = openLogWriter(path)
    writer.write([requestRecord(NOON)], none)
    writer.close()
  })

  it('writes nothing of a batch that does not fit on the disk, and goes on when there is room', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    const { page_count: pages } = writer.database.prepare('PRAGMA page_count').get() as { page_count: number }
    writer.database.exec(`PRAGMA max_page_count = ${pages + 2}`)
    const many = Array.from({ length: 500 }, () => requestRecord(NOON))
    expect(() => writer.write(many, none)).toThrow(/full/)
    const reader = openLogReader(path)
    expect(reader?.losses(day, P95).requests).toBe(0)
    writer.database.exec('PRAGMA max_page_count = 100000')
    writer.write(many, none)
    expect(reader?.losses(day, P95).requests).toBe(500)
    reader?.close()
    writer.close()
  })

  it.each([
    ['a file that is no log', 'not a database', /cannot use the request log .*: file is not a database/],
    ['a log of a newer gameday', null, /written by a newer gameday \(its version is 99\)/],
  ])('refuses %s', (_what, text, message) => {
    const path = newLogPath()
    if (text === null) {
      const writer = openLogWriter(path)
      writer.database.exec('PRAGMA user_version = 99')
      writer.close()
    } else {
      mkdirSync(dirname(path))
      writeFileSync(path, text.repeat(1000))
    }
    for (const open of [openLogReader, openLogWriter]) expect(() => open(path)).toThrow(message)
  })

  it.each([
    ['reads', (path: string) => openLogReader(path)?.close()],
    ['writes', (path: string) => openLogWriter(path).close()],
  ])(
    'brings the log of an older gameday up to date when it %s it, and keeps what is in it',
    (_what, open) => {
      const path = newLogPath()
      mkdirSync(dirname(path))
      const old = new Database(path)
      old.exec(MIGRATIONS[0] ?? '')
      old.exec('PRAGMA user_version = 1')
      old.exec(
        "INSERT INTO requests (id, started_ms, ended_ms, stream, attempts, outcome, duration_ms) VALUES ('old', 1, 2, 0, 1, 'ok', 1)",
      )
      old.close()
      open(path)
      logOf([requestRecord(NOON, { chosen: 'pin' })], path).close()
      const rows = new Database(path).prepare('SELECT id, chosen FROM requests').all()
      expect(rows).toMatchObject([{ id: 'old', chosen: null }, { chosen: 'pin' }])
    },
  )

  it('counts its versions by its migrations', () => {
    const path = newLogPath()
    const writer = openLogWriter(path)
    expect(writer.database.prepare('PRAGMA user_version').get()).toMatchObject({
      user_version: MIGRATIONS.length,
    })
    writer.close()
  })
})
