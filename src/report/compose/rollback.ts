import type { Result } from '../../record/index.ts'
import type { FaultStory, Story } from './story.ts'

/** Whether a fault that was asked for is proven gone, by the run or by whoever came after it. */
export function isRestored({ gone, notGone, undone }: FaultStory): boolean {
  if (undone !== null && (notGone === null || undone.atMs >= notGone.atMs)) return undone.proven
  return gone !== null && (notGone === null || gone.atMs >= notGone.atMs)
}

/** Faults that were asked for and that nothing proves to be gone. */
export function unrestored(story: Story): FaultStory[] {
  return story.faults.filter((fault) => fault.requested !== null && !isRestored(fault))
}

/** Sums up the rollback. Where nothing was broken nothing was proven either: all is false, and `by` is null. */
export function composeRollback(story: Story): Result['rollback'] {
  const broken = story.faults.filter(({ requested }) => requested !== null)
  if (broken.length === 0) return { record: false, undone: false, proven: false, by: null }
  return {
    record: broken.every(({ recorded }) => recorded !== null),
    undone: broken.every(({ reverted, undone }) => reverted !== null || undone?.proven === true),
    proven: broken.every(isRestored),
    by: story.of('rollback.undone').at(-1)?.by ?? (broken.some(({ gone }) => gone !== null) ? 'run' : null),
  }
}
