import type { Result } from '../../record/index.ts'
import type { EntryOf, FaultStory, Story } from './story.ts'

/** Whether a fault that was asked for is proven gone, by the run or by whoever came after it. */
export function isRestored({ gone, notGone, undone }: FaultStory): boolean {
  if (undone !== null && (notGone === null || undone.atMs >= notGone.atMs)) return undone.proven
  return gone !== null && (notGone === null || gone.atMs >= notGone.atMs)
}

/** Faults that were asked for and that nothing proves to be gone. */
export function unrestored(story: Story): FaultStory[] {
  return story.faults.filter((fault) => fault.requested !== null && !isRestored(fault))
}

/** What the stage changed on a server and nothing proves to be taken back, with the last word on it. */
export function unrestoredChanges(
  story: Story,
): { recorded: EntryOf<'rollback.recorded'>; undone: EntryOf<'rollback.undone'> | null }[] {
  return stageChanges(story)
    .map((recorded) => ({
      recorded,
      undone: story.of('rollback.undone').findLast(({ plan }) => plan === recorded.plan) ?? null,
    }))
    .filter(({ undone }) => undone?.proven !== true)
}

/** What the run itself could not take back, whoever did it later. */
export function changesNotUndoneByRun(
  story: Story,
): { recorded: EntryOf<'rollback.recorded'>; failed: EntryOf<'rollback.undone'> }[] {
  return stageChanges(story).flatMap((recorded) => {
    const failed = story
      .of('rollback.undone')
      .find(({ plan, by, proven }) => plan === recorded.plan && by === 'run' && !proven)
    return failed === undefined ? [] : [{ recorded, failed }]
  })
}

const stageChanges = (story: Story) => story.of('rollback.recorded').filter(({ fault }) => fault === null)

/** Sums up the rollback. Where nothing was broken nothing was proven either: all is false, and `by` is null. */
export function composeRollback(story: Story): Result['rollback'] {
  const broken = story.faults.filter(({ requested }) => requested !== null)
  if (broken.length === 0) return { record: false, undone: false, proven: false, by: null }
  return {
    record: broken.every(({ recorded }) => recorded !== null),
    undone: broken.every(({ reverted, undone }) => reverted !== null || undone?.proven === true),
    proven: broken.every(isRestored) && unrestoredChanges(story).length === 0,
    by: story.of('rollback.undone').at(-1)?.by ?? (broken.some(({ gone }) => gone !== null) ? 'run' : null),
  }
}
