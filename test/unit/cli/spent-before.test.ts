import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { prepare } from '../../../src/cli/setup.ts'
import { book, openLogWriter } from '../../../src/log/index.ts'
import { pipedIo } from '../../support/cli-io.ts'
import { requestRecord } from '../../support/request-records.ts'

const DAY = 86_400_000

async function spentOf(world = pipedIo(), yaml = 'version: 1\n') {
  writeFileSync(join(world.home, 'gameday.yaml'), yaml)
  const { config, spentFrom } = await prepare('smoke', {}, world.io)
  return { spent: config.errorBudget.spent, spentFrom }
}

/** A place whose log has these requests: days ago, and whether they failed. */
function withLog(requests: readonly [daysAgo: number, failed: boolean][]) {
  const world = pipedIo()
  const path = join(world.state, 'requests.db')
  const now = world.io.clock.wall().getTime()
  const writer = openLogWriter(path)
  writer.write(
    requests.map(([daysAgo, failed]) =>
      requestRecord(now - daysAgo * DAY - 1000, failed ? { outcome: 'failed', class: 'overloaded' } : {}),
    ),
    { requests: 0, atMs: now },
  )
  writer.close()
  return { ...world, path, now }
}

describe('what was spent of the error budget before a drill', () => {
  it('is unknown where neither log nor configuration says it', async () => {
    expect(await spentOf()).toEqual({ spent: undefined, spentFrom: undefined })
  })

  it('comes from the configuration where there is no log, or an empty one', async () => {
    const configured = 'version: 1\nerrorBudget:\n  spent: 7\n'
    expect(await spentOf(pipedIo(), configured)).toEqual({ spent: 7, spentFrom: 'config' })
    expect(await spentOf(withLog([]), configured)).toEqual({ spent: 7, spentFrom: 'config' })
  })

  it('comes from the log where there is one: the failures of the window, and what was booked', async () => {
    const world = withLog([
      [0, true],
      [29, true],
      [31, true],
      [1, false],
    ])
    expect(await spentOf(world, 'version: 1\nerrorBudget:\n  spent: 7\n')).toEqual({
      spent: 2,
      spentFrom: 'log',
    })
    book(world.path, { cause: 'provider', failures: 9, note: null, atMs: world.now })
    expect(await spentOf(world)).toEqual({ spent: 9, spentFrom: 'log' })
  })

  it('does not come from a log that cannot be read, and that is said', async () => {
    const world = pipedIo()
    const path = join(world.state, 'requests.db')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, 'something else'.repeat(1000))
    expect(await spentOf(world, 'version: 1\nerrorBudget:\n  spent: 7\n')).toEqual({
      spent: 7,
      spentFrom: 'config',
    })
    expect(world.written.stderr).toMatch(/is not taken from the request log: .*file is not a database/)
  })
})
