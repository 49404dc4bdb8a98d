import { messageOf, type Clock } from '../../base/index.ts'
import type { Typing } from '../frame/index.ts'
import type { OpenQuestion } from '../question.ts'
import type { NoteReceipt, NoteWish, SeatHands } from '../seat.ts'
import { underWay } from './under-way.ts'

export interface HandInOptions {
  clock: Clock
  /** Null until the seat has been given its hands. */
  hands: () => SeatHands | null
  /** The question of that name, while it is open to this seat. */
  question: (gate: string) => OpenQuestion | undefined
  /** Gives back what was refused, to be changed; false where something else is being typed by now, or nothing any more. */
  giveBack: (typing: Typing, text: string) => boolean
  /** Prints what there is no room for in the frame. */
  print: (text: string) => void
  say: (message: string) => void
}

/**
 * Hands in what was typed. A note or an answer that is not taken is given back to be changed, kept as a note, or printed
 * where it can be copied from; what nobody has confirmed when the seat closes is printed as well.
 */
export interface HandIn {
  note(wish: NoteWish): Promise<void>
  /** An empty text is Enter alone. */
  answer(gate: string, text: string): Promise<void>
  /** Hands in as a note what was to be an answer. */
  keep(gate: string, text: string, why: string): Promise<void>
  /** Ends the drill; says what comes of it. */
  abort(): string
  /** Waits a moment for what is under way, and prints what is not confirmed by then. */
  settle(): Promise<void>
  /** Ids of the notes handed in here, oldest first. */
  readonly mine: readonly string[]
}

const NOT_BEGUN = 'the drill has not begun yet'
const TOO_LATE = 'which was not open any more'

export function createHandIn({ clock, hands, question, giveBack, print, say }: HandInOptions): HandIn {
  const mine: string[] = []
  const open = underWay()

  const write = async (wish: NoteWish): Promise<NoteReceipt> => {
    try {
      return (await hands()?.note(wish)) ?? { problem: NOT_BEGUN }
    } catch (error) {
      return { problem: messageOf(error) }
    }
  }
  /** Says what was written, or gives the text back. */
  const send = async (wish: NoteWish, written: (id: string) => string) => {
    const receipt = await write(wish)
    if ('id' in receipt) {
      if (wish.corrects === null) mine.push(receipt.id)
      return say(written(receipt.id))
    }
    const { kind, begunMs, corrects, text } = wish
    const isBack = giveBack({ mode: 'note', kind, begunMs, corrects }, text)
    if (!isBack) print(`not written, ${receipt.problem}: ${text}`)
    say(`not written: ${receipt.problem}`)
  }
  const keep = (gate: string, text: string, why: string) =>
    send(
      {
        kind: 'note',
        text: `typed as the answer to "${gate}", ${why}: ${text}`,
        begunMs: hands()?.nowMs() ?? 0,
        corrects: null,
      },
      (id) => `what you typed for "${gate}", ${why}, is kept as ${id}`,
    )
  const problemWith = async (gate: string, text: string): Promise<string | null> => {
    try {
      return (await hands()?.answer(gate, text)) ?? (hands() === null ? NOT_BEGUN : null)
    } catch (error) {
      return messageOf(error)
    }
  }
  const answer = async (gate: string, text: string) => {
    // Afterwards it is not open any more.
    const otherwise = question(gate)?.default ?? 'nothing'
    const problem = await problemWith(gate, text)
    if (problem === null) return say(`${gate}: ${text === '' ? otherwise : text}`)
    if (question(gate) === undefined) return text === '' ? say(problem) : keep(gate, text, TOO_LATE)
    if (!giveBack({ mode: 'answer', gate }, text))
      print(`no answer to "${gate}", ${problem}: ${text === '' ? 'Enter alone' : text}`)
    say(problem)
  }

  return {
    mine,
    note: (wish) =>
      open.track(wish.text, () =>
        send(wish, (id) => (wish.corrects === null ? `${id} is on disk` : `${id} is corrected`)),
      ),
    answer: (gate, text) => open.track(`${gate}: ${text}`, () => answer(gate, text)),
    keep: (gate, text, why) => open.track(`${gate}: ${text}`, () => keep(gate, text, why)),
    abort: () => {
      try {
        hands()?.abort()
        return hands() === null ? NOT_BEGUN : 'ABORT: what is broken is being put back'
      } catch {
        // Nothing is broken yet, and nobody there to be told.
        return `${NOT_BEGUN}; Ctrl-C ends it`
      }
    },
    settle: async () => {
      for (const text of await open.settle(clock)) print(`handed in, and not confirmed: ${text}`)
    },
  }
}
