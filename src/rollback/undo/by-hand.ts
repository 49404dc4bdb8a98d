import { messageOf } from '../../base/index.ts'
import type { Change } from '../../record/index.ts'
import { send } from './call.ts'
import { gone, notGone, type Undone, type UndoTools } from './undone.ts'

/**
 * Proves that a key which a hand has revoked works again: one request of one token to the vendor itself. Undoing it is
 * the hand's. Who has no environment to find the key in, as the watchdog, can prove nothing.
 */
export async function proveByKey(
  { url, provider, model, keyVariable, steps }: Extract<Change, { type: 'by-hand' }>,
  { env, timeoutMs }: UndoTools,
): Promise<Undone> {
  const byHand = `only a hand can undo it: ${steps.join(' ')}`
  if (env === undefined || keyVariable === null) return { state: 'unreachable', reason: byHand }
  const key = env[keyVariable]
  if (key === undefined || key === '') {
    return {
      state: 'unreachable',
      reason: `set ${keyVariable}, so that it can be proven that the key works again; ${byHand}`,
    }
  }
  try {
    const { status } = await send(
      {
        method: 'POST',
        url: `${url.replace(/\/$/, '')}/chat/completions`,
        headers: { authorization: `Bearer ${key}` },
        body: { model, max_tokens: 1, messages: [{ role: 'user', content: 'Hello' }] },
      },
      timeoutMs,
    )
    return status === 200
      ? gone(`${provider} accepted the key again: a request with it was answered with 200`)
      : notGone(`${provider} answered a request with the key with ${status}; ${byHand}`)
  } catch (error) {
    return { state: 'unreachable', reason: `${provider} could not be asked: ${messageOf(error)}; ${byHand}` }
  }
}
