import type { ApiCall } from '../../record/index.ts'
import { send } from './call.ts'
import type { UndoTools } from './undone.ts'

/** Carries out the calls of a plan in their order. Throws what a server refuses. */
export async function perform(
  calls: readonly ApiCall[],
  { timeoutMs }: Pick<UndoTools, 'timeoutMs'>,
): Promise<void> {
  for (const call of calls) {
    const { what, method, url, expect } = call
    const { status, text } = await send(call, timeoutMs)
    // What is not there any more needs no undoing; the look afterwards says what is.
    if (!expect.includes(status) && status !== 404)
      throw new Error(`${what}: ${method} ${url} answered ${status}: ${text.slice(0, 200).trim()}`)
  }
}
