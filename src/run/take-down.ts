import { messageOf, withDeadline } from '../base/index.ts'
import { RollbackStack } from '../rollback/index.ts'
import type { RunContext } from './context.ts'
import { UNDO_MS } from './changes.ts'
import type { RunEnding } from './input.ts'

/** Past its own deadline a step is given this long to say so. */
const UNDO_SLACK_MS = 5000
/** After the last answer the gates' ledger gets this long to arrive. */
const LEDGER_MS = 1000
/** A load that does not sum up this long after its last answer is stuck. */
const STUCK_MS = 10_000
/** The open answers of a stopped run say nothing more about the fault. */
const STOPPED_DRAIN_MS = 500

/** Undoes whatever is still in force, the last fault first. */
export async function putBack({ input, ending, faults }: RunContext): Promise<void> {
  const { reason, rule } = ending.stop ?? { reason: 'agenda', rule: '' }
  const why = rule === 'cap' ? 'cap' : reason === 'not-ready' || reason === 'unproven' ? 'abort' : reason
  const longestMs = Math.max(UNDO_MS, ...faults.map((fault) => fault.undoMs(UNDO_MS)))
  const stack = new RollbackStack(input.clock, longestMs + UNDO_SLACK_MS)
  for (const fault of faults) {
    stack.push({
      name: fault.site.kind,
      undo: async () => {
        if (!(await fault.end(why, fault.undoMs(UNDO_MS)))) throw new Error('not proven gone')
      },
    })
  }
  await stack.undoAll()
}

/** Waits for the answers under way and for the ledger, and writes down what the load says of itself. */
export async function letOut({ input, load, recorder, say, ending, journalist }: RunContext): Promise<void> {
  try {
    const drainMs = ending.stop === null ? input.drill.load.timeout : STOPPED_DRAIN_MS
    const figures = await withDeadline(input.clock, drainMs + STUCK_MS, 'the load did not sum up', () =>
      load.end(drainMs),
    )
    if (figures === null) return
    await input.clock.sleep(LEDGER_MS)
    journalist.attempt(() => recorder.settle(true))
    say({ type: 'load.summary', ...figures })
  } catch (error) {
    ending.decide({ reason: 'error', rule: 'load', detail: messageOf(error), cause: error })
  }
}

/**
 * Ends the load's worker and the stage, and writes down what could not be taken down. Returns it, with the commands
 * that undo by hand what is still not proven undone.
 */
export async function takeDown({
  load,
  stage,
  say,
  faults,
  changes,
}: RunContext): Promise<Pick<RunEnding, 'leftovers' | 'undoByHand'>> {
  const failures: string[] = []
  await load.stop().catch((error: unknown) => failures.push(`load: ${messageOf(error)}`))
  failures.push(...(await stage.stop()))
  for (const fault of faults) await fault.lookAgain()
  for (const failure of failures) {
    say({
      type: 'error',
      code: 'LEFT_BEHIND',
      message: `could not be taken down: ${failure}`,
      hint: 'Take it down by hand.',
    })
  }
  const undoByHand = [...faults.flatMap((fault) => fault.undoByHand), ...changes.undoByHand()]
  return { leftovers: failures, undoByHand }
}
