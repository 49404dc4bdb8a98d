import { messageOf } from '../base/index.ts'
import { RollbackStack } from '../rollback/index.ts'
import type { RunContext } from './context.ts'

/** A fault is given this long to be undone and proven gone when the run ends early. */
const UNDO_MS = 15_000
/** Past its own deadline a step is given this long to say so. */
const UNDO_SLACK_MS = 5000
/** After the last answer the gates' ledger gets this long to arrive. */
const LEDGER_MS = 1000
/** The open answers of a stopped run say nothing more about the fault. */
const STOPPED_DRAIN_MS = 500

/** Undoes whatever is still in force, the last fault first. Returns whether all of it is proven gone. */
export async function putBack({ input, ending, faults }: RunContext): Promise<boolean> {
  const reason = ending.stop?.reason ?? 'agenda'
  const why = reason === 'not-ready' ? 'abort' : reason
  const stack = new RollbackStack(input.clock, UNDO_MS + UNDO_SLACK_MS)
  for (const fault of faults) {
    stack.push({
      name: fault.site.kind,
      undo: async () => {
        if (!(await fault.end(why, UNDO_MS))) throw new Error('not proven gone')
      },
    })
  }
  return (await stack.undoAll()).length === 0
}

/** Waits for the answers under way and for the ledger, and writes down what the load says of itself. */
export async function letOut({ input, load, recorder, say, ending }: RunContext): Promise<void> {
  try {
    const figures = await load.end(ending.stop === null ? input.drill.load.timeout : STOPPED_DRAIN_MS)
    if (figures === null) return
    await input.clock.sleep(LEDGER_MS)
    recorder.settle(true)
    say({ type: 'load.summary', ...figures })
  } catch (error) {
    ending.decide({ reason: 'error', rule: 'load', detail: messageOf(error), cause: error })
  }
}

/** Ends the load's worker and the stage. Returns what could not be taken down. */
export async function takeDown({ load, stage }: RunContext): Promise<string[]> {
  const failures: string[] = []
  await load.stop().catch((error: unknown) => failures.push(`load: ${messageOf(error)}`))
  return [...failures, ...(await stage.stop())]
}
