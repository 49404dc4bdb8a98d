import { GamedayError, type Clock } from '../../base/index.ts'
import type { Person } from '../crew.ts'
import type { NoteReceipt, Seat, SeatHands } from '../seat.ts'
import { FAREWELL_MS } from './limits.ts'
import { callHub, type Line, type Over, type Welcome } from './line.ts'
import type { News } from './messages.ts'
import { NOT_YET } from './refusal.ts'
import { createRequests } from './requests.ts'

const TRY_AGAIN_MS = 200
const PATIENCE_MS = 15_000

export interface CallOptions {
  /** Of the socket of the drill. */
  path: string
  who: Person
  clock: Clock
  /** How long to try again while the drill is still being set up. */
  patienceMs?: number
}

/** A seat in a drill that runs in another process. */
export interface HubLine {
  /** The same as at the desk itself. Once contact is lost, what they are asked for resolves with that problem. */
  hands: SeatHands
  welcome: Welcome
  /** Tells the seat what has been and what is, until contact ends; whoever made the seat closes it. */
  follow: (seat: Omit<Seat, 'close'>) => void
  /** Resolves when the drill has ended, or contact has. */
  over: Promise<Over>
  /** Gives the role back, as soon as what was said is replied to, or after a moment. */
  leave: () => Promise<void>
}

/** Joins a drill. Throws `ROLE_TAKEN`, `HUB_UNREACHABLE`, or what else it refused with. */
export async function connectHub({ who, clock, ...call }: CallOptions): Promise<HubLine> {
  const line = await patiently({ who, clock, ...call }, true)
  const requests = createRequests(line)
  return {
    hands: {
      nowMs: () => clock.now() - line.welcome.epochMs,
      note: requests.note,
      answer: requests.answer,
      abort: () => line.say({ type: 'abort' }),
    },
    welcome: line.welcome,
    follow: (seat) =>
      line.follow((news) => {
        requests.settle(news)
        pass(news, seat)
      }),
    over: line.over,
    leave: async () => {
      await Promise.race([requests.settled(), clock.sleep(FAREWELL_MS)])
      line.hangUp()
      await line.over
    },
  }
}

export interface NoteOptions extends CallOptions {
  text: string
  kind: Parameters<SeatHands['note']>[0]['kind']
  /** Id of the note that it corrects; null for a new one. */
  corrects: string | null
}

/** Writes one note into a drill without joining it. Throws as `connectHub` does, but nobody's role is asked for. */
export async function writeNote({ text, kind, corrects, ...call }: NoteOptions): Promise<NoteReceipt> {
  const begunAt = call.clock.now()
  const line = await patiently(call, false)
  const requests = createRequests(line)
  line.follow(requests.settle)
  try {
    return await requests.note({ kind, text, corrects, begunMs: begunAt - line.welcome.epochMs })
  } finally {
    line.hangUp()
  }
}

async function patiently(
  { path, who, clock, patienceMs = PATIENCE_MS }: CallOptions,
  sits: boolean,
): Promise<Line> {
  const deadline = clock.now() + patienceMs
  for (;;) {
    try {
      return await callHub(path, who, sits)
    } catch (error) {
      const early = error instanceof GamedayError && ['HUB_UNREACHABLE', NOT_YET].includes(error.code)
      if (!early || clock.now() >= deadline) throw error
      await clock.sleep(TRY_AGAIN_MS)
    }
  }
}

function pass(news: News, seat: Omit<Seat, 'close'>): void {
  switch (news.type) {
    case 'entry':
      return seat.entry(news.entry)
    case 'status':
      return seat.status(news.status)
    case 'questions':
      return seat.questions(news.open, news.elsewhere)
    case 'show':
      return seat.show(news.lines)
    case 'draft':
      return seat.draft?.(news.lines)
    case 'welcome':
    case 'refused':
    case 'noted':
    case 'answered':
    case 'dropped':
    case 'end':
      return
  }
}
