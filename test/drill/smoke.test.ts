import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readRecords, type JournalEventType, type Result } from '../../src/record/index.ts'
import { composeResult } from '../../src/report/index.ts'
import { runWasLate, sayLate, wasLate } from '../support/busy-machine.ts'
import { expectAgreement } from '../support/oracle.ts'
import { program, RUN_FILES, runFolder } from '../support/program.ts'
import { mistakesAgainst, ndjson } from '../support/schema-check.ts'

/** One smoke drill by the real program, looked at from every side. */
let dir: string
let home: string
let ended: Awaited<ReturnType<typeof program>['ended']>
const read = (name: string) => readFileSync(join(dir, name), 'utf8')
const result = () => JSON.parse(read('result.json')) as Result

const CANARY_KEY = 'sk-canary-7f3d9a1c5e8b2046'

beforeAll(async () => {
  for (let left = 2; left >= 0; left--) {
    const run = program(['smoke', '--out', 'reports'], { env: { OPENAI_API_KEY: CANARY_KEY } })
    home = run.home
    ended = await run.ended
    dir = runFolder(join(home, 'reports'))
    if (!(wasLate(ended.stdout + ended.stderr) || runWasLate(dir))) return
    sayLate()
  }
}, 240_000)

describe('gameday smoke', () => {
  it('holds and exits 0', () => {
    expect(ended.stderr).toContain('proven gone')
    expect({ code: ended.code, verdict: result().verdict, decidedBy: result().decidedBy }).toMatchObject({
      code: 0,
      verdict: 'held',
    })
  })

  it('leaves every file of a run, and no rollback record', () => {
    expect(readdirSync(dir).toSorted()).toEqual(RUN_FILES)
    expect(readdirSync(join(home, 'state', 'rollback'))).toEqual([])
  })

  it.each([
    { file: 'samples.ndjson', schema: 'sample' },
    { file: 'attempts.ndjson', schema: 'attempt' },
  ])('writes $file by its published schema', ({ file, schema }) => {
    const values = ndjson(join(dir, file))
    expect(values.length).toBeGreaterThan(500)
    expect(mistakesAgainst(schema, values)).toEqual([])
  })

  it('writes result.json and the journal by their published schemas', () => {
    expect(mistakesAgainst('result', [result()])).toEqual([])
    const events = ndjson(join(dir, 'journal.ndjson')).map((entry) => {
      const { id, atMs, at, ...event } = entry as Record<string, unknown>
      expect([typeof id, typeof atMs, typeof at]).toEqual(['string', 'number', 'string'])
      return event
    })
    expect(mistakesAgainst('event', events)).toEqual([])
  })

  it('agrees with simple code that counts everything again', () => {
    expectAgreement(readRecords(dir), result())
  })

  it('has a result that is a pure function of its records', () => {
    expect(composeResult(readRecords(dir))).toEqual(result())
  })

  it('breaks the key and then the connection, proves both, and proves both gone', () => {
    expect(
      result().faults.map(({ kind, provenMs, goneMs }) => ({
        kind,
        proven: provenMs !== null,
        gone: goneMs !== null,
      })),
    ).toEqual([
      { kind: 'revoke-key', proven: true, gone: true },
      { kind: 'refused', proven: true, gone: true },
    ])
  })

  it('shows that without the router all would have failed: nothing of the control lane got through', () => {
    const { journal, samples } = readRecords(dir)
    const control = samples.filter(({ lane }) => lane === 'control')
    const momentsOf = (type: JournalEventType) =>
      journal.filter((entry) => entry.type === type).map(({ atMs }) => atMs)
    const [inForce, reverting] = [momentsOf('fault.in-force'), momentsOf('fault.reverting')]
    expect([inForce.length, reverting.length]).toEqual([2, 2])
    for (const [number, fromMs] of inForce.entries()) {
      const toMs = reverting[number]!
      // One that is still on its way when the undoing begins may get through.
      const sent = control.filter(
        ({ startedMs, endMs }) => startedMs !== null && startedMs >= fromMs && endMs !== null && endMs < toMs,
      )
      expect(sent.length, `fault ${number}`).toBeGreaterThanOrEqual(3)
      expect(sent.filter(({ outcome }) => outcome !== 'failed')).toEqual([])
      expect(result().faults[number]!.withoutRouter.requests).toBeGreaterThanOrEqual(sent.length)
    }
    // Before the first fault all of it got through, so it could have.
    const before = control.filter(({ endMs }) => endMs !== null && endMs < inForce[0]!)
    expect(before.length).toBeGreaterThanOrEqual(3)
    expect(before.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  })

  it('does not claim an SLO that its sample cannot prove', () => {
    expect(read('report.md')).toMatch(/SLO not claimed/)
  })

  it('has no finding against the good router', () => {
    expect(result().findings).toEqual([])
  })

  it('says its verdict and the path of its report last, on stdout', () => {
    expect(ended.stdout).toMatch(/held/i)
    expect(ended.stdout).toContain('report.md')
  })

  it('shows no stack trace', () => {
    expect(ended.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
  })

  it('lets no whole key, neither a real one nor a gate-local one, into any file', () => {
    for (const file of readdirSync(dir)) {
      expect(read(file)).not.toContain(CANARY_KEY)
      expect(read(file)).not.toMatch(/sk-gameday-(primary|secondary)-[A-Za-z0-9_-]{10}/)
    }
    expect(ended.stderr + ended.stdout).not.toMatch(/sk-gameday-(primary|secondary)-/)
  })
})

describe('gameday report', () => {
  it('redraws the report of a past run to the letter, without running anything', async () => {
    const before = read('report.md')
    const again = await program(['report', dir]).ended
    expect(again.code).toBe(0)
    expect(read('report.md')).toBe(before)
  })
})
