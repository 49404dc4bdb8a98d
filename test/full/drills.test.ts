import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecords, type Result } from '../../src/record/index.ts'
import { runWasLate, sayLate, wasLate } from '../support/busy-machine.ts'
import { expectAgreement } from '../support/oracle.ts'
import { program, RUN_FILES, runFolder } from '../support/program.ts'
import { SHIPPED } from '../support/shipped.ts'

/**
 * Every shipped drill and the exit code that the embedded router deserves in it, which is what a user sees who tries it
 * unattended: 0 held, 1 weak. Those with tests of their own are not held again here: friday-failover, which is longer,
 * in rehearsal.test.ts, smoke in test/drill/smoke.test.ts, and what is about the router's own cache and guardrails in
 * guardrails-and-cache.test.ts, pager, whose alerts take their time, in pager.test.ts, and your-router, which is
 * for others, in routers.test.ts.
 */
const EXIT_CODES: Record<string, number | 'elsewhere'> = {
  'friday-failover': 'elsewhere',
  smoke: 'elsewhere',
  'cache-holds': 'elsewhere',
  'budget-blowout': 'elsewhere',
  pager: 'elsewhere',
  'your-router': 'elsewhere',
  // No router can hold a promise with nobody left to ask.
  'both-down': 1,
  bypass: 0,
  'one-tenant': 0,
  'revoke-by-hand': 0,
  'primary-refused': 0,
  'primary-blackhole': 0,
  'flapping-primary': 0,
  'key-revoked': 0,
  'slow-first-token': 0,
  'stalled-stream': 0,
  'truncated-stream': 0,
  'empty-answer': 0,
  'rate-limited': 0,
  'quota-exhausted': 0,
  overloaded: 0,
}

describe('the shipped drills', () => {
  it('have a row here, every one', () => {
    expect(SHIPPED.filter((name) => !(name in EXIT_CODES))).toEqual([])
  })
})

/** Runs a drill by the real program, and again, at most twice, where it says that its load came late. */
async function held(name: string) {
  for (let left = 2; ; left--) {
    const run = program(['run', name, '--unattended', '--quiet', '--out', 'reports'])
    const { code, stdout, stderr } = await run.ended
    const said = stdout + stderr
    const dir = runFolder(join(run.home, 'reports'))
    if (left === 0 || !(wasLate(said) || runWasLate(dir))) return { code, said, home: run.home, dir }
    sayLate()
  }
}

describe.concurrent('run unattended against the embedded router,', () => {
  it.for(SHIPPED.filter((name) => typeof EXIT_CODES[name] === 'number'))(
    '%s has the verdict that it deserves, and leaves nothing broken',
    async (name, { expect: expectHere }) => {
      const { code, said, home, dir } = await held(name)
      expectHere(code, said).toBe(EXIT_CODES[name])
      expectHere(readdirSync(dir).toSorted()).toEqual(RUN_FILES)
      expectHere(readdirSync(join(home, 'state', 'rollback'))).toEqual([])
      const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as Result
      expectHere(
        result.faults.filter(({ provenMs, goneMs }) => provenMs === null || goneMs === null),
      ).toEqual([])
      expectHere(result.run.durationMs, 'at most 40 s of agenda, and what ending takes').toBeLessThan(60_000)
      expectAgreement(readRecords(dir), result)
    },
  )
})
