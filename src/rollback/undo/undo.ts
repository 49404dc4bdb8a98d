import { messageOf } from '../../base/index.ts'
import type { Change, UndoPlan } from '../../record/index.ts'
import {
  toxiproxyControl,
  ToxiproxyError,
  type ProxyState,
  type ToxiproxyControl,
} from '../../toxiproxy/index.ts'
import { send } from './call.ts'
import { proveByKey } from './by-hand.ts'
import { undoAtGate } from './gate.ts'
import { perform } from './perform.ts'
import { notThere, undoOnProxy, unknownThere, type OnProxy } from './proxy.ts'
import { wasRefused } from './refused.ts'
import { gone, type Undone, type UndoTools } from './undone.ts'

/** Undoes a change by the calls of its plan and proves that it is gone. Safe to repeat; touches nothing else. */
export async function undoChange(plan: UndoPlan, tools: UndoTools): Promise<Undone> {
  const { change } = plan
  if (change.withRun && tools.runnerGone)
    return gone('it was in the memory of the run’s own process, which is dead')
  try {
    if (change.type === 'router-killed')
      return {
        state: 'unreachable',
        reason: 'only the run itself can start its router again; it ends with the run',
      }
    if (change.type === 'by-hand') return await proveByKey(change, tools)
    if (change.type === 'gate-fault') return await undoAtGate(plan.undo, change, tools)
    const control = toxiproxyControl({ url: change.url, timeoutMs: tools.timeoutMs })
    const found = await findProxy(plan, change, control, tools)
    return found === null
      ? await notThere(change, tools)
      : await undoOnProxy(plan, change, found, control, tools)
  } catch (error) {
    if (wasRefused(error)) return gone(refusing(change))
    return { state: 'unreachable', reason: messageOf(error) }
  }
}

/**
 * Reads the proxy; null if it is not there. One that a toxic's removal has frozen for good (see `toxic.ts`) cannot be
 * read, but deleted, which thaws the server: so one that the run made is deleted by its name, if what does not answer
 * is a Toxiproxy.
 */
async function findProxy(
  { undo }: UndoPlan,
  { type, proxy }: OnProxy,
  control: ToxiproxyControl,
  tools: UndoTools,
): Promise<ProxyState | null> {
  try {
    return await control.getProxy(proxy)
  } catch (error) {
    const mute = error instanceof ToxiproxyError && error.code === 'TOXIPROXY_TIMEOUT'
    if (type !== 'proxy-created' || !mute || !(await tellsVersion(control))) throw error
    await perform(undo, tools)
    return await control.getProxy(proxy)
  }
}

const tellsVersion = (control: ToxiproxyControl) =>
  control.version().then(
    () => true,
    () => false,
  )

/**
 * Says why a change cannot be there any more although nobody undid it: its server is dead, or has been restarted and
 * knows nothing of its proxy. Null if it may be there.
 */
export async function vanished({ change }: UndoPlan, timeoutMs: number): Promise<string | null> {
  try {
    if (change.type === 'router-killed' || change.type === 'by-hand') return null
    if (change.type === 'gate-fault') {
      await send({ method: 'GET', url: change.url }, timeoutMs)
      return null
    }
    const found = await toxiproxyControl({ url: change.url, timeoutMs }).getProxy(change.proxy)
    return found === null ? unknownThere(change) : null
  } catch (error) {
    return wasRefused(error) ? refusing(change) : null
  }
}

const refusing = ({ url }: Change) =>
  `nothing listens at ${url} any more, and what was there was in its memory`
