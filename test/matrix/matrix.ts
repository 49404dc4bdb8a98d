import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBystandersUpstream } from '../support/matrix-bystanders.ts'
import { holdRow, type Outcome } from './hold-row.ts'
import { nameOf, type Row } from './rows.ts'
import { tableOf } from './table.ts'

/** Makes a test of each row, and prints the table when all are done. Rows share nothing: they may be held at once. */
export function testRows(rows: readonly Row[]): void {
  const outcomes = new Map<Row, Outcome>()
  let upstream: Awaited<ReturnType<typeof startBystandersUpstream>>
  let startMs: number

  beforeAll(async () => {
    startMs = performance.now()
    upstream = await startBystandersUpstream()
  })
  afterAll(() => {
    upstream.close()
    const held = rows.flatMap((row) => outcomes.get(row) ?? [])
    const seconds = Math.round((performance.now() - startMs) / 1000)
    process.stderr.write(`\nThe kill matrix, held in ${seconds} s:\n\n${tableOf(held)}\n`)
  })

  it.each(rows.map((row) => [nameOf(row), row] as const))('%s', async (_name, row) => {
    const outcome = await holdRow(row, upstream.address)
    outcomes.set(row, outcome)
    expect(outcome.problems).toEqual([])
  })
}
