import { messageOf } from '../../base/index.ts'
import type { Typing } from '../frame/index.ts'
import type { NoteReceipt, NoteWish, SeatHands } from '../seat.ts'

export interface HandInOptions {
  /** Null until the seat has been given its hands. */
  hands: () => SeatHands | null
  isOpen: (gate: string) => boolean
  /** Gives back what was refused, to be changed; false where something else is being typed by now. */
  giveBack: (typing: Typing, text: string) => boolean
  /** Prints what there is no room for in the frame. */
  print: (text: string) => void
  say: (message: string) => void
}

/** Hands in what was typed. What is not taken is given back, kept as a note, or printed: never lost. */
export interface HandIn {
  note(wish: NoteWish): Promise<void>
  answer(gate: string, text: string): Promise<void>
  /** Hands in as a note what was to be an answer. */
  keep(gate: string, text: string, why: string): Promise<void>
  /** Ends the drill; says what comes of it. */
  abort(): string
  /** Ids of the notes handed in here, oldest first. */
  readonly mine: readonly string[]
}

const NOT_BEGUN = 'the drill has not begun yet'
const TOO_LATE = 'which was not open any more'

export function createHandIn({ hands, isOpen, giveBack, print, say }: HandInOptions): HandIn {
  const mine: string[] = []

  const write = async (wish: NoteWish): Promise<NoteReceipt> => {
    try {
      return (await hands()?.note(wish)) ?? { problem: NOT_BEGUN }
    } catch (error) {
      return { problem: messageOf(error) }
    }
  }
  const send = async (wish: NoteWish): Promise<NoteReceipt> => {
    const receipt = await write(wish)
    if ('id' in receipt && wish.corrects === null) mine.push(receipt.id)
    return receipt
  }
  const problemWith = async (gate: string, text: string): Promise<string | null> => {
    const to = hands()
    return to === null ? NOT_BEGUN : to.answer(gate, text).catch(messageOf)
  }

  const keep = async (gate: string, text: string, why: string) => {
    const note = `typed as the answer to "${gate}", ${why}: ${text}`
    const receipt = await send({ kind: 'note', text: note, begunMs: hands()?.nowMs() ?? 0, corrects: null })
    if ('id' in receipt) say(`"${gate}" is not open any more; what you typed is kept as ${receipt.id}`)
    else print(`not written, ${receipt.problem}: ${note}`)
  }

  return {
    mine,
    keep,
    abort: () => {
      try {
        hands()?.abort()
        return hands() === null ? NOT_BEGUN : 'ABORT: what is broken is being put back'
      } catch {
        // Nothing is broken yet, and nobody there to be told.
        return `${NOT_BEGUN}; Ctrl-C ends it`
      }
    },
    note: async (wish) => {
      const receipt = await send(wish)
      if ('id' in receipt) {
        say(wish.corrects === null ? `${receipt.id} is on disk` : `${receipt.id} is corrected`)
        return
      }
      const { kind, begunMs, corrects, text } = wish
      const isBack = giveBack({ mode: 'note', kind, begunMs, corrects }, text)
      if (!isBack) print(`not written, ${receipt.problem}: ${text}`)
      say(`not written: ${receipt.problem}`)
    },
    answer: async (gate, text) => {
      const problem = await problemWith(gate, text)
      if (problem === null) say(`${gate}: ${text}`)
      else if (!isOpen(gate)) await keep(gate, text, TOO_LATE)
      else {
        if (!giveBack({ mode: 'answer', gate }, text)) print(`not an answer, ${problem}: ${text}`)
        say(problem)
      }
    },
  }
}
