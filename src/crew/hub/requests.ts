import type { NoteReceipt, SeatHands } from '../seat.ts'
import type { Line } from './line.ts'
import type { News } from './messages.ts'

/** How long a reply may take: notes of others may be written first, and each waits for the disk. */
const REPLY_MS = 10_000

export interface Requests extends Pick<SeatHands, 'note' | 'answer'> {
  /** Hears the replies among the news. */
  settle: (news: News) => void
  /** Resolves when all that was asked for is replied to, or never will be. */
  settled: () => Promise<void>
}

/** Says what awaits a reply, and finds the reply to it. */
export function createRequests(line: Pick<Line, 'say' | 'over'>): Requests {
  const pending = new Set<Promise<unknown>>()
  const lost = line.over.then(() => 'contact with the drill was lost')
  const notes = replies<NoteReceipt>(
    (problem) => ({
      problem: `${problem}: whether it was written is not known`,
    }),
    lost,
  )
  const answers = replies<string | null>((problem) => `${problem}: whether it counts is not known`, lost)
  let lastId = 0
  const keep = <R>(reply: Promise<R>): Promise<R> => {
    pending.add(reply)
    void reply.then(() => pending.delete(reply))
    return reply
  }
  return {
    note: ({ kind, text, begunMs, corrects }) => {
      const id = ++lastId
      line.say({ type: 'note', id, kind, text, begunMs, corrects })
      return keep(notes.await(id))
    },
    answer: (gate, text) => {
      const id = ++lastId
      line.say({ type: 'answer', id, gate, text })
      return keep(answers.await(id))
    },
    settle: (news) => {
      if (news.type === 'noted') notes.settle(news.id, news.receipt)
      if (news.type === 'answered') answers.settle(news.id, news.problem)
    },
    settled: async () => {
      await Promise.all(pending)
    },
  }
}

/** Replies of one kind by their ids, each of which comes, or is given up. */
function replies<R>(givenUp: (problem: string) => R, lost: Promise<string>) {
  const waiting = new Map<number, (reply: R) => void>()
  const settle = (id: number, reply: R) => waiting.get(id)?.(reply)
  let over: string | null = null
  void lost.then((problem) => {
    over = problem
    for (const id of waiting.keys()) settle(id, givenUp(problem))
  })
  return {
    settle,
    await: (id: number) =>
      new Promise<R>((resolve) => {
        const impatience = setTimeout(
          () => settle(id, givenUp(`no reply within ${REPLY_MS / 1000} s`)),
          REPLY_MS,
        )
        waiting.set(id, (reply) => {
          clearTimeout(impatience)
          waiting.delete(id)
          resolve(reply)
        })
        if (over !== null) settle(id, givenUp(over))
      }),
  }
}
