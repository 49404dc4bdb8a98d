import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { slo, sloAdd, type SloFlags } from '../../../src/cli/slo.ts'
import { openLogWriter, type SloSurvey } from '../../../src/log/index.ts'
import type { RequestRecord } from '../../../src/record/index.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { requestRecord } from '../../support/request-records.ts'

const bad = { outcome: 'failed', class: 'overloaded', costUsd: 0 } as const

/** A place with a log of so many requests of the last minutes. */
function place(requests: number, more: (index: number) => Partial<RequestRecord> = () => ({})) {
  const world = pipedIo()
  const writer = openLogWriter(join(world.state, 'requests.db'))
  const now = world.io.clock.wall().getTime()
  writer.write(
    Array.from({ length: requests }, (_, index) => requestRecord(now - 1000 - index, more(index))),
    { requests: 0, atMs: now },
  )
  writer.close()
  const ask = (flags: SloFlags = {}) => exitOf(slo(flags, world.io), world.io)
  const json = async (flags: SloFlags = {}) => {
    const before = world.written.stdout.length
    await ask({ ...flags, json: true })
    return JSON.parse(world.written.stdout.slice(before)) as SloSurvey
  }
  return { ...world, ask, json }
}

describe('gameday slo', () => {
  it('says how the promise stands, in numbers that add up', async () => {
    const { json } = place(1000, (index) => (index < 4 ? bad : index < 60 ? { durationMs: 3000 } : {}))
    expect(await json()).toMatchObject({
      schema: 'gameday.slo/1',
      decision: 'go',
      requests: 1000,
      failed: 4,
      objectives: [
        { id: 'success', observed: 0.996, verdict: 'met' },
        { id: 'p95', observed: 3000, verdict: 'missed' },
        { id: 'cost', observed: 0.001, verdict: 'met' },
      ],
      errorBudget: { allowed: 50, spent: 4, left: 46, freeze: false },
      burnRate: 0.8,
      groups: [],
    })
  })

  it('prints text that a person can act on, by tenant if asked', async () => {
    const { ask, written } = place(100, (index) => (index < 3 ? { ...bad, tenant: 'bolt\u001B[31m' } : {}))
    expect(await ask({ by: 'tenant' })).toBe(0)
    expect(written.stdout).toMatch(/^GO: 3\.0 of the 50\.0 failures that 30 days allow are spent\.$/m)
    expect(written.stdout).toMatch(/^ {2}success +at least 99\.5 % +97 % {2}missed$/m)
    expect(written.stdout).toMatch(/^ {2}acme +97 +0 +100 %/m)
    expect(written.stdout).toMatch(/^ {2}bolt\[31m +3 +3 +0 %/m)
    expect(written.stdout).not.toContain('\u001B')
  })

  it('tells what its cache answered, and what vendors’ prompt caches saved', async () => {
    const cached = { role: 'cache', provider: null, costUsd: 0 } as const
    const read = { cacheReadTokens: 1200, cacheWriteTokens: 0, promptCacheSavedUsd: 0.5 }
    const { ask, written } = place(10, (index) => (index < 4 ? cached : index < 6 ? read : {}))
    await ask({ by: 'tenant' })
    expect(written.stdout).toContain('  The cache answered 4 of them (40 %).\n')
    expect(written.stdout).toContain(
      "  Vendors' prompt caches saved $1.00 on 2 requests (2,400 tokens read, 0 written).\n",
    )
    expect(written.stdout).toMatch(/^ {2}acme +10 +0 +100 % +500 ms +\S+ +40 %$/m)
  })

  it('does not call it saved where writing cost more, and says what it does not know', async () => {
    const wrote = { cacheReadTokens: 0, cacheWriteTokens: 900, promptCacheSavedUsd: -0.25 }
    const { ask, written } = place(10, (index) =>
      index < 2 ? wrote : index < 3 ? { ...wrote, promptCacheSavedUsd: null } : {},
    )
    await ask()
    expect(written.stdout).toContain(
      "  Vendors' prompt caches cost $0.50 more than they saved on 3 requests (0 tokens read, 2,700 written); what 1 request saved is not known.\n",
    )
    expect(written.stdout).not.toContain('The cache answered')
  })

  it('prints Markdown in which a tenant’s name is no markup', async () => {
    const { ask, written } = place(10, () => ({ tenant: 'a|b<c>' }))
    expect(await ask({ by: 'tenant', markdown: true })).toBe(0)
    expect(written.stdout).toMatch(/^\*\*GO: /m)
    expect(written.stdout).toContain(String.raw`a\|b&lt;c&gt;`)
  })

  it('says nothing of an average cost when too many costs are unknown', async () => {
    const { json } = place(100, (index) => (index < 2 ? { costUsd: null } : {}))
    expect((await json()).objectives[2]).toMatchObject({ observed: null, verdict: 'unknown' })
  })

  it.each([
    ['the budget is not spent', 1000, 49, 0],
    ['the budget is spent', 1000, 50, 1],
    ['nothing is known', 0, 0, 5],
  ])('checks for a pipeline: %s', async (_what, requests, failed, code) => {
    const { ask } = place(requests, (index) => (index < failed ? bad : {}))
    expect(await ask({ check: true })).toBe(code)
    expect(await ask()).toBe(0)
  })

  it('goes by the objectives and the path of gameday.yaml', async () => {
    const { io, home, ask, json } = place(10, () => bad)
    writeFileSync(join(home, 'gameday.yaml'), 'version: 1\nobjectives:\n  success: 90%\n  requests: 50\n')
    expect((await json()).errorBudget).toMatchObject({ allowed: 5, freeze: true })
    writeFileSync(join(home, 'gameday.yaml'), 'version: 1\nlog:\n  path: other.db\n')
    expect(await ask({ check: true })).toBe(2)
    openLogWriter(join(io.cwd, 'other.db')).close()
    expect(await ask({ check: true })).toBe(5)
  })

  it('books what was spent, and takes it back', async () => {
    const { io, written, json } = place(100, (index) => (index < 10 ? bad : {}))
    expect(await exitOf(sloAdd({ cause: 'deploy', failures: '7', note: 'bad prompt' }, io), io)).toBe(0)
    expect(await exitOf(sloAdd({ cause: 'deploy', failures: '-2' }, io), io)).toBe(0)
    expect(written.stdout).toContain('Booked: 7 on deploy')
    expect((await json()).errorBudget).toMatchObject({ spent: 10, booked: { deploy: 5 }, unaccounted: 5 })
  })

  it.each<[string, () => Partial<Record<keyof SloFlags, string | boolean>>, RegExp]>([
    ['--by', () => ({ by: 'color' }), /--by color makes no sense/],
    ['two formats', () => ({ json: true, markdown: true }), /cannot both be given/],
  ])('refuses %s', async (_what, flags, message) => {
    const { ask, written } = place(1)
    expect(await ask(flags() as SloFlags)).toBe(2)
    expect(written.stderr).toMatch(message)
  })

  it.each([
    [{ cause: 'weather', failures: '1' }, /There are: deploy, experiment, provider/],
    [{ cause: 'deploy', failures: '0' }, /is no number of failures/],
    [{ cause: 'deploy', failures: '2.5' }, /is no number of failures/],
  ])('refuses to book %j', async (flags, message) => {
    const { io, written } = pipedIo()
    expect(await exitOf(sloAdd(flags, io), io)).toBe(2)
    expect(written.stderr).toMatch(message)
  })

  it('says that there is no log, and where one would come from', async () => {
    const { io, written } = pipedIo()
    expect(await exitOf(slo({ check: true }, io), io)).toBe(2)
    expect(written.stderr).toMatch(/there is no request log .*requests\.db\n.*gameday serve router/)
  })
})
