import type { Socket } from 'node:net'
import { FAREWELL_MS, MOST_WAITING } from './limits.ts'
import type { News } from './messages.ts'

/** What is said to one guest, who may be slow to read it, or stopped. */
export interface Outbox {
  say: (news: News) => void
  /** Says it unless earlier things still wait to be read: the next one makes up for it. */
  mention: (news: News) => void
  /** Lets the guest be as much behind as it is now: nobody reads a backlog before it has been sent. */
  allowForBacklog: () => void
  /** Says the last thing, waits a moment for it to be read, and hangs up. */
  farewell: (news: News) => Promise<void>
}

/** @param onSlow called once, when more waits than a guest may leave unread */
export function createOutbox(socket: Socket, onSlow: () => void): Outbox {
  let [most, slow] = [MOST_WAITING, false]
  const say = (news: News) => {
    if (slow || !socket.writable) return
    socket.write(`${JSON.stringify(news)}\n`)
    if (socket.writableLength <= most) return
    slow = true
    onSlow()
  }
  return {
    say,
    mention: (news) => {
      if (!socket.writableNeedDrain) say(news)
    },
    allowForBacklog: () => {
      most = MOST_WAITING + socket.writableLength
    },
    farewell: (news) =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve()
        const impatience = setTimeout(() => socket.destroy(), FAREWELL_MS)
        socket.once('close', () => {
          clearTimeout(impatience)
          resolve()
        })
        // Whoever waits for the other to hang up first may wait for ever.
        socket.end(`${JSON.stringify(news)}\n`, () => socket.destroySoon())
      }),
  }
}
