import { secondToxic, type Change, type UndoPlan } from '../../record/index.ts'
import type { ProxyState, ToxiproxyControl } from '../../toxiproxy/index.ts'
import { perform } from './perform.ts'
import type { UndoTools } from './undone.ts'

export type ToxicAdded = Extract<Change, { type: 'toxic-added' }>

/**
 * Removes a toxic if the proxy lists it. Up to Toxiproxy 2.12 a removal waits until every connection has handed over its
 * data, and one whose client does not read never does: then the server answers nobody any more, for good, and disabling
 * the proxy comes too late (Shopify/toxiproxy#558, fixed in 2.13). A disabled proxy has no connections, so there it is
 * cut first: disabled, which ends those that live, and enabled again afterwards. The record says so before it is done.
 * The embedded server, of the run or of a stage, never freezes.
 */
export async function removeToxic(
  plan: UndoPlan,
  change: ToxicAdded,
  found: ProxyState,
  control: ToxiproxyControl,
  tools: UndoTools,
): Promise<void> {
  const { cut: wasCut = false, ...uncut } = change
  let cut = wasCut
  if (lists(found, change.toxic)) {
    if (found.enabled && !change.withRun && change.embedded !== true && (await mayFreeze(control))) {
      cut = true
      note({ ...plan, change: { ...change, cut } }, tools)
      await control.setEnabled(found.name, false)
    }
    await perform(plan.undo, tools)
  }
  if (!cut) return
  await control.setEnabled(found.name, true)
  note({ ...plan, change: uncut }, tools)
}

/** Whether a toxic is that of a change, or the second one of the same fault. */
export const isOwn = (name: string, toxic: string) => name === toxic || name === secondToxic(toxic)

export const lists = ({ toxics }: ProxyState, toxic: string) => toxics.some(({ name }) => isOwn(name, toxic))

/** A full disk keeps no fault in force: then only a death in the next few milliseconds could leave the proxy cut. */
function note(plan: UndoPlan, { rewrite }: UndoTools): void {
  try {
    rewrite(plan)
  } catch {
    // Whoever writes the record next will say so.
  }
}

/** Whether a server is of a version that may freeze, or of one that it does not tell. */
async function mayFreeze(control: ToxiproxyControl): Promise<boolean> {
  const version = await control.version().catch(() => '')
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? []
  return major === undefined || Number(major) < 2 || (Number(major) === 2 && Number(minor) <= 12)
}
