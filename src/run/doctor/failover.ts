import type { RouterAccess } from '../../config/index.ts'
import type { GateFaultSpec } from '../../providers/index.ts'
import type { Attempt, Observed } from '../../record/index.ts'
import type { Stage } from '../../stage/index.ts'
import { askOnce, promptFor } from './question.ts'
import type { ExamineInput } from './types.ts'

/** What is done to the primary, for one question each. */
export const STROKES = ['silent', 'failing'] as const
export type Stroke = (typeof STROKES)[number]

/** A question whose primary was broken for it alone, and what the gates saw of it. */
export interface Struck {
  stroke: Stroke
  answer: Observed
  attempts: readonly Attempt[]
}

/** So much longer than its client waits the primary says nothing. No longer: a router that never hangs up is held so long. */
const LONGER_MS = 1000
/** The gate ends the faults by itself so long after the client has given up, if nobody does. */
const SLACK_MS = 5000
/** An attempt is told when it is over: one that nobody hung up on, only when it was let go and answered after all. */
const LEDGER_MS = LONGER_MS + 3000
const LEDGER_LOOK_MS = 50

const SPECS: Record<Stroke, (tenant: string, timeoutMs: number) => GateFaultSpec> = {
  silent: (tenant, timeoutMs) => ({ kind: 'slow-headers', delay: timeoutMs + LONGER_MS, share: 1, tenant }),
  failing: (tenant) => ({ kind: 'server-error', share: 1, tenant }),
}

/**
 * Breaks the primary for two questions of the doctor's own, told by their markers, and asks both through the router at
 * the same time: a router that has left the primary because of one would not be seen to wait for the other. Whoever
 * else comes by is served as ever, and when the doctor is killed the gate ends the faults by itself.
 */
export async function strike(
  router: RouterAccess,
  { gate }: Pick<Stage, 'gate'>,
  input: Pick<ExamineInput, 'runId' | 'timeoutMs' | 'clock'>,
): Promise<Struck[]> {
  const { runId, clock } = input
  const attempts: Attempt[] = []
  const following = new AbortController()
  await gate.followAttempts((attempt) => attempts.push(attempt), following.signal)
  const of = ({ id }: Observed) =>
    attempts.filter(({ runTag, requestId }) => runTag === runId && requestId === id)
  try {
    const answers = await askBroken(router, gate, input)
    const isTold = (answer: Observed) =>
      of(answer).some(({ provider }) => provider === 'primary') &&
      (answer.outcome !== 'ok' || of(answer).some(({ tag }) => tag === answer.tag))
    for (let left = LEDGER_MS; left > 0 && !answers.every(isTold); left -= LEDGER_LOOK_MS)
      await clock.sleep(LEDGER_LOOK_MS)
    return STROKES.map((stroke, index) => {
      const answer = answers[index]!
      return { stroke, answer, attempts: of(answer) }
    })
  } finally {
    following.abort()
  }
}

/** Asks while both faults are on the gate, and takes them off again. */
async function askBroken(
  router: RouterAccess,
  gate: Stage['gate'],
  input: Pick<ExamineInput, 'runId' | 'timeoutMs' | 'clock'>,
): Promise<Observed[]> {
  const { runId, timeoutMs } = input
  const idOf = (stroke: Stroke) => `${runId}-doctor-${stroke}`
  try {
    for (const stroke of STROKES)
      await gate.apply({
        id: idOf(stroke),
        provider: 'primary',
        fault: SPECS[stroke](promptFor(stroke, input).tenant, timeoutMs),
        capMs: timeoutMs + SLACK_MS,
      })
    return await Promise.all(STROKES.map((stroke) => askOnce(router, stroke, input)))
  } finally {
    await Promise.all(STROKES.map((stroke) => gate.remove(idOf(stroke))))
  }
}
