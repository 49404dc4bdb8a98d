import { z } from 'zod'
import type { ApiCall, Change } from '../../record/index.ts'
import { send } from './call.ts'
import { perform } from './perform.ts'
import { gone, notGone, type Undone, type UndoTools } from './undone.ts'

/** As much of a gate's state as it takes to see whether a fault is in it. */
const gateState = z.object({ faults: z.array(z.object({ id: z.string() })) })

/**
 * Removes a fault from a gate that lists it, and reads the gate's state back: the port may be a stranger's by now.
 * Throws what keeps it from being reached.
 */
export async function undoAtGate(
  undo: readonly ApiCall[],
  { url, fault }: Extract<Change, { type: 'gate-fault' }>,
  tools: UndoTools,
): Promise<Undone> {
  const look = async () => {
    const { text } = await send(
      { method: 'GET', url: `${url}/state`, headers: undo[0]?.headers },
      tools.timeoutMs,
    )
    return faultsIn(text)
  }
  let now = await look()
  if (now?.includes(fault) === true) {
    await perform(undo, tools)
    now = await look()
  }
  if (now === null)
    return { state: 'unreachable', reason: `what answers at ${url} is not the gate of this run` }
  return now.includes(fault)
    ? notGone(`the gate at ${url} still lists the fault ${fault}`)
    : gone(`the gate at ${url} lists no fault ${fault}`)
}

/** Null for what no gate would say to its own run. */
function faultsIn(text: string): string[] | null {
  try {
    return gateState.parse(JSON.parse(text)).faults.map(({ id }) => id)
  } catch {
    return null
  }
}
