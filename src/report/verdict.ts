import { EXIT, EXIT_CODES, InternalError, type Verdict } from '../base/index.ts'

/** What can decide a drill other than that all went well. */
export const VERDICT_FACTS = [
  'rollbackFailed',
  'internalError',
  'signalled',
  'aborted',
  'notReady',
  'weak',
  'unproven',
] as const
export type VerdictFact = (typeof VERDICT_FACTS)[number]

/** Each fact with the rule and evidence that established it; null where it does not hold. */
export type VerdictFacts = Record<VerdictFact, string | null>

export interface VerdictRow {
  fact: VerdictFact | null
  exitCode: number
}

/** The truth table: the first row whose fact holds decides. The last row holds when nothing else does. */
export const VERDICT_TABLE: readonly VerdictRow[] = [
  { fact: 'rollbackFailed', exitCode: EXIT.rollbackFailed },
  { fact: 'internalError', exitCode: EXIT.internal },
  { fact: 'signalled', exitCode: EXIT.interrupted },
  { fact: 'aborted', exitCode: EXIT.aborted },
  { fact: 'notReady', exitCode: EXIT.notReady },
  { fact: 'weak', exitCode: EXIT.weak },
  { fact: 'unproven', exitCode: EXIT.unproven },
  { fact: null, exitCode: EXIT.ok },
]

export interface Decision {
  verdict: Verdict | null
  exitCode: number
  decidedBy: string
}

/** Decides the verdict. `held` says why the drill held, for the case that nothing speaks against it. */
export function decide(facts: VerdictFacts, held: string): Decision {
  for (const { fact, exitCode } of VERDICT_TABLE) {
    const decidedBy = fact === null ? held : facts[fact]
    if (decidedBy !== null) return { verdict: verdictOf(exitCode), exitCode, decidedBy }
  }
  throw new InternalError('the verdict table has no row that always holds')
}

function verdictOf(exitCode: number): Verdict | null {
  return EXIT_CODES.find(({ code }) => code === exitCode)?.verdict ?? null
}
