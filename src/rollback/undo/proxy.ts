import { messageOf } from '../../base/index.ts'
import type { Change, UndoPlan } from '../../record/index.ts'
import type { ProxyState, ToxiproxyControl } from '../../toxiproxy/index.ts'
import { answers } from './answers.ts'
import { perform } from './perform.ts'
import { differences, strangers } from './theirs.ts'
import { lists, removeToxic } from './toxic.ts'
import { gone, notGone, type Undone, type UndoTools } from './undone.ts'

export type OnProxy = Extract<Change, { proxy: string }>

/** Says that a server which answers has nothing of the change: its state is memory, and it was restarted. */
export const unknownThere = ({ url, proxy }: OnProxy) => `Toxiproxy at ${url} knows no proxy ${proxy}`

/** Undoes a change of a proxy that is there, and reads its state back. Throws what keeps the server from being reached. */
export async function undoOnProxy(
  plan: UndoPlan,
  change: OnProxy,
  found: ProxyState,
  control: ToxiproxyControl,
  tools: UndoTools,
): Promise<Undone> {
  const { undo, run } = plan
  switch (change.type) {
    case 'proxy-created': {
      if (found.upstream !== change.upstream) {
        return gone(`the proxy that this run made is gone`, [
          `there is a proxy ${change.proxy} that leads to ${found.upstream} and not to ${change.upstream}; it was left as it is`,
        ])
      }
      await perform(undo, tools)
      if ((await control.getProxy(change.proxy)) !== null)
        return notGone(`the proxy ${change.proxy} is still there`)
      // Whoever died while it was being made never heard where it listens.
      const address = change.address ?? found.listen
      if (found.enabled && (await answers(address, tools.timeoutMs))) return stillTaken(change, address)
      const notOurs = found.toxics.map(({ name }) => name).filter((name) => !name.startsWith(`${run}-`))
      return gone(
        `Toxiproxy knows no proxy ${change.proxy} any more, and ${address} takes no connections`,
        strangers(notOurs, [], change.proxy, 'it went with the proxy'),
      )
    }
    case 'toxic-added': {
      const enabled = found.enabled || change.cut === true
      const theirs = differences(change.before, { ...found, enabled }, { toxic: change.toxic })
      await removeToxic(plan, change, found, control, tools)
      const now = await control.getProxy(change.proxy)
      if (now === null) return gone(unknownThere(change))
      if (lists(now, change.toxic))
        return notGone(`the proxy ${change.proxy} still lists the toxic ${change.toxic}`)
      return served(
        `the proxy ${change.proxy} lists no toxic ${change.toxic}`,
        change.through,
        now,
        theirs,
        tools,
      )
    }
    case 'proxy-disabled': {
      const { before } = change
      const theirs = differences(before, found, { enabled: false })
      // One that was found disabled and is enabled now is as somebody else wants it.
      if (before.enabled && !found.enabled) await perform(undo, tools)
      const now = await control.getProxy(change.proxy)
      if (now === null) return gone(unknownThere(change))
      if (before.enabled && !now.enabled) return notGone(`the proxy ${change.proxy} is still disabled`)
      return served(
        `the proxy ${change.proxy} is ${now.enabled ? 'enabled' : 'disabled'} again`,
        change.through,
        now,
        theirs,
        tools,
      )
    }
  }
}

/**
 * What it means that a server does not know the proxy. One that the run made itself, a moment ago, is not gone while
 * something takes connections where it listened; later on the port may be a stranger's.
 */
export async function notThere(change: OnProxy, { fresh, timeoutMs }: UndoTools): Promise<Undone> {
  if (change.type !== 'proxy-created' || change.address === null || !fresh) return gone(unknownThere(change))
  if (await answers(change.address, timeoutMs)) return stillTaken(change, change.address)
  return gone(`${unknownThere(change)}, and ${change.address} takes no connections`)
}

const stillTaken = ({ proxy }: OnProxy, address: string) =>
  notGone(`there is no proxy ${proxy} any more, but ${address} still takes connections`)

/** The last proof, where the path outlives the run: a real request through the proxy, whatever it is answered. */
async function served(
  state: string,
  through: string | null,
  { enabled, name }: ProxyState,
  theirs: string[],
  { timeoutMs }: UndoTools,
): Promise<Undone> {
  if (through === null || !enabled) return gone(state, theirs)
  try {
    const response = await fetch(through, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    await response.body?.cancel()
    return gone(`${state}, and a request through it was answered with ${response.status}`, theirs)
  } catch (error) {
    return notGone(`${state}, but a request through ${name} got no answer: ${messageOf(error)}`)
  }
}
