import type { JournalEntry } from '../../record/index.ts'
import type { Seat } from '../seat.ts'
import type { News } from './messages.ts'
import type { Outbox } from './outbox.ts'

/** A seat whose terminal is at the other end of a socket. */
export interface RemoteSeat extends Seat {
  /** Tells what was before, and from now on what happens. */
  begin: (backlog: readonly JournalEntry[]) => void
}

/** @param onClose hangs up when the drill is over */
export function remoteSeat(outbox: Outbox, onClose: () => Promise<void>): RemoteSeat {
  // Taking the seat tells it things already; they come after the backlog, which has the entries among them.
  let early: News[] | null = []
  const tell = (news: News) => {
    if (early === null) outbox.say(news)
    else if (news.type !== 'entry') early.push(news)
  }
  return {
    begin: (backlog) => {
      for (const entry of backlog) outbox.say({ type: 'entry', entry })
      outbox.allowForBacklog()
      for (const news of early ?? []) outbox.say(news)
      early = null
    },
    entry: (entry) => tell({ type: 'entry', entry }),
    status: (status) => {
      if (early === null) outbox.mention({ type: 'status', status })
      else tell({ type: 'status', status })
    },
    questions: (open, elsewhere = []) => tell({ type: 'questions', open, elsewhere }),
    show: (lines) => tell({ type: 'show', lines }),
    draft: (lines) => tell({ type: 'draft', lines }),
    close: onClose,
  }
}
