import type { Clock } from '../../base/index.ts'
import type { UndoPlan } from '../../record/index.ts'
import { undoChange } from './undo.ts'
import type { Undone, UndoTools } from './undone.ts'

/** Between two tries. */
const AGAIN_MS = 250
/** A call that nobody waits for any more may still be carried out; so what is gone is looked at again after this. */
const STRAGGLERS_MS = 300

export interface SweepOptions extends UndoTools {
  clock: Clock
  /** How long to try again what could not be proven at once. */
  patienceMs: number
  /** Called with each change when it is proven gone; with the others when patience ends. */
  onUndone: (plan: UndoPlan, undone: Undone) => void
}

interface Looked {
  plan: UndoPlan
  undone: Undone
}

/**
 * Undoes the changes of a run, trying again until all are proven gone or patience ends. What was created goes first:
 * with a proxy goes whatever was done to it, and removing a toxic from a proxy that is to be deleted could hang.
 * The rest goes in reverse order of doing, by the numbers of the plans: the wall clock may have been set back.
 */
export async function sweep(plans: readonly UndoPlan[], options: SweepOptions): Promise<void> {
  const { clock, patienceMs, onUndone } = options
  const giveUpAtMs = clock.now() + patienceMs
  let left = inOrder(plans)
  for (;;) {
    const looked = await lookTwice(left, options)
    const failed = looked.filter(({ undone }) => undone.state !== 'gone')
    for (const { plan, undone } of looked) if (undone.state === 'gone') onUndone(plan, undone)
    if (failed.length === 0) return
    if (clock.now() + AGAIN_MS > giveUpAtMs) {
      for (const { plan, undone } of failed) onUndone(plan, undone)
      return
    }
    left = failed.map(({ plan }) => plan)
    await clock.sleep(AGAIN_MS)
  }
}

/** Undoes each, and after a pause once more what is gone but could come back. */
async function lookTwice(plans: readonly UndoPlan[], options: SweepOptions): Promise<Looked[]> {
  const looked: Looked[] = []
  for (const plan of plans) looked.push(await look(plan, options))
  if (!looked.some((one) => mayComeBack(one, options))) return looked
  await options.clock.sleep(STRAGGLERS_MS)
  const twice: Looked[] = []
  for (const one of looked) {
    const again = mayComeBack(one, options) ? await look(one.plan, options) : one
    // The first look has seen most of what was there.
    twice.push(again.undone.state === 'gone' ? { ...again, undone: one.undone } : again)
  }
  return twice
}

/** Whether a call that makes the change could still be under way: its sender is dead, or gave up waiting for the answer. */
function mayComeBack({ plan: { change }, undone }: Looked, { runnerGone }: UndoTools): boolean {
  if (undone.state !== 'gone') return false
  return runnerGone ? !change.withRun : change.type === 'proxy-created' && change.address === null
}

/** Undoes one change; returns its plan as it is now on record. */
async function look(plan: UndoPlan, options: SweepOptions): Promise<Looked> {
  let now = plan
  const rewrite = (changed: UndoPlan) => {
    now = changed
    options.rewrite(changed)
  }
  const undone = await undoChange(plan, { ...options, rewrite })
  return { plan: now, undone }
}

function inOrder(plans: readonly UndoPlan[]): UndoPlan[] {
  const created = (plan: UndoPlan) => plan.change.type === 'proxy-created'
  return [
    ...plans.filter(created),
    ...plans.filter((plan) => !created(plan)).toSorted((a, b) => numberOf(b) - numberOf(a)),
  ]
}

/** Plans of a run are called `<run>-f0`, `<run>-f1` and so on. */
const numberOf = ({ id }: UndoPlan) => Number(/\d+$/.exec(id)?.[0] ?? 0)
