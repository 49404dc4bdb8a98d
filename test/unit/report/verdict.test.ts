import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../../src/base/index.ts'
import {
  decide,
  VERDICT_FACTS,
  VERDICT_TABLE,
  type VerdictFact,
  type VerdictFacts,
} from '../../../src/report/index.ts'

const facts = (...names: VerdictFact[]): VerdictFacts => ({
  rollbackFailed: null,
  internalError: null,
  signalled: null,
  aborted: null,
  notReady: null,
  weak: null,
  unproven: null,
  ...Object.fromEntries(names.map((name) => [name, `because of ${name}`])),
})

const ROWS = [
  ['rollbackFailed', 'rollback-failed', 6],
  ['internalError', null, 70],
  ['signalled', 'aborted', 130],
  ['aborted', 'aborted', 4],
  ['notReady', 'not-ready', 3],
  ['weak', 'weak', 1],
  ['unproven', 'unproven', 5],
] as const

describe('the verdict table', () => {
  it.each(ROWS)('%s alone ends as %s with exit code %i', (fact, verdict, exitCode) => {
    expect(decide(facts(fact), 'all went well')).toEqual({
      verdict,
      exitCode,
      decidedBy: `because of ${fact}`,
    })
  })

  it('holds when nothing speaks against it', () => {
    expect(decide(facts(), 'all went well')).toEqual({
      verdict: 'held',
      exitCode: 0,
      decidedBy: 'all went well',
    })
  })

  it.each(ROWS.map(([fact], index) => [fact, ROWS.slice(index).map(([name]) => name)] as const))(
    '%s beats everything below it',
    (fact, below) => {
      for (const other of below) expect(decide(facts(other, fact), '').decidedBy).toBe(`because of ${fact}`)
      expect(decide(facts(...below), '').decidedBy).toBe(`because of ${fact}`)
    },
  )

  it('has a row for every fact and one for none, with codes that the program documents', () => {
    expect(VERDICT_TABLE.map(({ fact }) => fact)).toEqual([...VERDICT_FACTS, null])
    expect(VERDICT_TABLE.map(({ exitCode }) => exitCode)).toEqual([6, 70, 130, 4, 3, 1, 5, 0])
    for (const { exitCode } of VERDICT_TABLE) expect(EXIT_CODES.map(({ code }) => code)).toContain(exitCode)
  })
})
