import { messageOf } from '../../base/index.ts'
import type { SeatHands } from '../seat.ts'
import { MOST_TEXT, MOST_WISHES } from './limits.ts'
import type { News, Wish } from './messages.ts'

/** What a guest may do. */
export type Able = Omit<SeatHands, 'nowMs'>

/** Somebody who only watches. */
export const ONLY_WATCHES: Able = {
  note: async () => ({ problem: 'an observer writes nothing: join as scribe or operator' }),
  answer: async () => 'an observer answers nothing: join as scribe or operator',
  abort: () => undefined,
}

export interface WishesOptions {
  able: Able
  say: (news: News) => void
  /** The drill's clock. */
  nowMs: () => number
  /** Lets nobody hurry: notes are written one after another. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>
}

/** Does what a guest wishes, and replies to it. An abort waits for nothing. */
export function createWishes({ able, say, nowMs, inTurn }: WishesOptions): (wish: Wish) => void {
  let waiting = 0
  /** Resolves with null when it was done, else with why it was not. */
  const unlessTooMuch = async (text: string, work: () => Promise<void>): Promise<string | null> => {
    if (text.length > MOST_TEXT) return `it is ${text.length} characters long, and ${MOST_TEXT} is the most`
    if (waiting >= MOST_WISHES) return 'too much was said at once: wait for what was said before'
    waiting++
    try {
      await work()
      return null
    } catch (error) {
      return messageOf(error)
    } finally {
      waiting--
    }
  }

  return (wish) => {
    switch (wish.type) {
      case 'here':
        return
      case 'abort':
        able.abort()
        return
      case 'note': {
        const { id, kind, text, corrects } = wish
        // Nothing begins before the drill, or later than now.
        const begunMs = Math.min(Math.max(0, wish.begunMs), nowMs())
        const write = async () =>
          say({
            type: 'noted',
            id,
            receipt: await inTurn(() => able.note({ kind, text, begunMs, corrects })),
          })
        void unlessTooMuch(text, write).then((problem) => {
          if (problem !== null) say({ type: 'noted', id, receipt: { problem } })
        })
        return
      }
      case 'answer': {
        const { id, gate, text } = wish
        const pass = async () => say({ type: 'answered', id, problem: await able.answer(gate, text) })
        void unlessTooMuch(text, pass).then((problem) => {
          if (problem !== null) say({ type: 'answered', id, problem })
        })
        return
      }
    }
  }
}
