import { ask, type Endpoint, type Prompt } from '../../load/index.ts'
import type { Observed } from '../../record/index.ts'
import type { ExamineInput } from './types.ts'

/**
 * What is asked: long enough that a stream of it has several pieces, and another text for each purpose and each time, so
 * that no cache can answer.
 */
export const promptFor = (purpose: string, { runId }: Pick<ExamineInput, 'runId'>): Prompt => ({
  tenant: `doctor-${purpose}`,
  feature: 'doctor',
  context: 'short',
  text: `Count from one to twenty, in words. (${purpose} ${runId})`,
})

/** Asks one marked question, whole. Its times are those of the gates. */
export function askOnce(
  to: Endpoint & { model: string },
  purpose: string,
  input: Pick<ExamineInput, 'runId' | 'timeoutMs' | 'clock'>,
): Promise<Observed> {
  return ask({
    ...to,
    prompt: promptFor(purpose, input),
    stream: false,
    timeoutMs: input.timeoutMs,
    runTag: input.runId,
    requestId: `doctor-${purpose}`,
    epochMs: 0,
    clock: input.clock,
  })
}
