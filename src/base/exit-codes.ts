/** How a drill can end. */
export const VERDICTS = ['held', 'weak', 'not-ready', 'aborted', 'unproven', 'rollback-failed'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface ExitCode {
  code: number
  verdict: Verdict | null
  meaning: string
}

/** The one table of exit codes: help, documents, tests and the program itself all read it. */
export const EXIT_CODES = [
  {
    code: 0,
    verdict: 'held',
    meaning: 'the fault was proven, the hypothesis held, everything was restored and proven restored',
  },
  {
    code: 1,
    verdict: 'weak',
    meaning: 'under a proven fault the system missed an objective or a failover target, or did not recover',
  },
  { code: 2, verdict: null, meaning: 'usage, configuration or drill file: nothing was started' },
  {
    code: 3,
    verdict: 'not-ready',
    meaning: 'a precondition or the steady state failed, or the budget is frozen: nothing was broken',
  },
  { code: 4, verdict: 'aborted', meaning: 'stopped by a person or an abort rule; restored and proven' },
  {
    code: 5,
    verdict: 'unproven',
    meaning:
      'the fault never took hold, the load is not to be trusted, or too few samples to say: neither pass nor fail',
  },
  {
    code: 6,
    verdict: 'rollback-failed',
    meaning: 'something may still be broken: what, and the exact commands to undo it by hand',
  },
  { code: 70, verdict: null, meaning: 'a fault of gameday itself' },
  { code: 130, verdict: 'aborted', meaning: 'Ctrl-C or a signal; restored and proven' },
] as const satisfies readonly ExitCode[]

export const EXIT = {
  ok: 0,
  weak: 1,
  usage: 2,
  notReady: 3,
  aborted: 4,
  unproven: 5,
  rollbackFailed: 6,
  internal: 70,
  interrupted: 130,
} as const
