import type { Clock } from '../../base/index.ts'
import { NOTE_KINDS, type NoteKind } from '../../record/index.ts'
import type { Board } from '../board.ts'
import { clean } from '../clean.ts'
import { keysOf, type FrameInput, type SeatKey, type Typing } from '../frame/index.ts'
import { noteMoment } from '../note-text.ts'
import type { NoteWish, SeatHands } from '../seat.ts'
import { inTurn } from './asked.ts'
import { createHandIn } from './hand-in.ts'
import { keyName, type Key } from './keys.ts'

/** The line that is typed into; readline edits it. */
export interface Line {
  readonly text: string
  /** Replaces what stands there. */
  put(text: string): void
  /** Writes where the cursor is. */
  insert(text: string): void
}

export interface TypistOptions {
  board: Board
  clock: Clock
  /** Null until the seat has been given its hands. */
  hands: () => SeatHands | null
  line: Line
  /** Prints above the frame what there is no room for in it. */
  print: (text: string) => void
  /** Called when something is to be seen that no key has done. */
  changed: () => void
  /** Called when something is said back to whoever typed; the input holds it as its message. */
  said: (message: string) => void
  /** An observer wants to go. */
  quit: () => void
}

/**
 * What somebody at a keyboard is doing: watching, writing a note, answering a question. Esc drops what was
 * typed, and whatever key follows it is heard as one of its own.
 */
export interface Typist {
  input(): FrameInput
  draft(): string
  press(key: Key): void
  paste(text: string): void
  /** To be called when the open questions have changed. */
  follow(): void
  say(message: string): void
  /** Hands in as notes what stands there unfinished, and takes no more; resolves when that is confirmed, or soon after. */
  rescue(): Promise<void>
}

const WATCHING: Typing = { mode: 'watch' }

export function createTypist(options: TypistOptions): Typist {
  const { board, hands, line, print, changed, said, quit } = options
  let typing: Typing = WATCHING
  let draft = ''
  let message: string | null = null
  /** Nothing is taken any more. */
  let isOver = false
  /** Half-typed answers that were left for another question, by gate. */
  const left = new Map<string, string>()

  const say = (text: string) => {
    message = text
    said(text)
  }
  const become = (next: Typing, text = '') => {
    typing = next
    draft = text
    line.put(text)
  }
  const questionOf = (gate: string) => board.get().questions.find((question) => question.gate === gate)
  const giveBack = (next: Typing, text: string) => {
    if (isOver || isTyping(typing)) return false
    become(next, text)
    return true
  }
  const handIn = createHandIn({ ...options, question: questionOf, giveBack, say })

  const beginNote = (kind: NoteKind, text = '', corrects: string | null = null) => {
    const to = hands()
    if (to === null) say('the drill has not begun yet')
    else become({ mode: 'note', kind, begunMs: to.nowMs(), corrects }, text)
  }
  const beginCorrection = () => {
    const { notes } = board.get()
    const note = notes.findLast(({ id }) => handIn.mine.includes(id)) ?? notes.at(-1)
    if (note === undefined) say('there is no note to correct yet')
    else beginNote(NOTE_KINDS.find((kind) => kind === note.kind) ?? 'note', note.text, note.id)
  }
  /** Opens the line of the most urgent question, or of the next one. */
  const beginAnswer = (after: string | null) => {
    const gates = inTurn(board.get().questions).map(({ gate }) => gate)
    const gate = gates[(gates.indexOf(after ?? '') + 1) % Math.max(1, gates.length)]
    if (gate === undefined) say('nothing is asked of you now')
    else become({ mode: 'answer', gate }, left.get(gate))
  }
  const doKey = (does: SeatKey['does']) => {
    switch (does) {
      case 'note':
      case 'symptom':
      case 'decision':
      case 'to-do':
      case 'diagnosis':
        return beginNote(does)
      case 'correct':
        return beginCorrection()
      case 'back-date':
        return beginNote('note', '@-')
      case 'abort':
        return say(handIn.abort())
      case 'help':
        return become({ mode: 'help' })
      case 'leave':
        return quit()
    }
  }
  const watchKey = (key: Key) => {
    const name = keyName(key)
    const known = keysOf(board.get()).find((one) => one.key === name)
    line.put('')
    message = null
    if (isOver && known?.does !== 'leave') say('the drill is over; nothing more is written down')
    else if (known !== undefined) doKey(known.does)
    else if (name === 'Enter' || name === 'Tab') beginAnswer(null)
  }
  const helpKey = (key: Key) => {
    become(WATCHING)
    // Whoever looks up the key for ABORT means it when it is pressed.
    if (keyName(key) !== '?') watchKey(key)
  }
  const submit = () => {
    const [was, text] = [typing, clean(draft).trim()]
    become(WATCHING)
    message = null
    if (was.mode === 'note' && text !== '') void handIn.note(wishOf(was, text))
    if (was.mode !== 'answer') return
    left.delete(was.gate)
    // Enter alone is an answer where any text is one; a decision wants its word.
    if (text !== '' || questionOf(was.gate)?.kind === 'text') void handIn.answer(was.gate, text)
  }
  /** Leaves the line; what stood there can still be read above the frame. */
  const drop = () => {
    const text = clean(draft).trim()
    if (text !== '') print(`dropped: ${text}`)
    if (typing.mode === 'answer') left.delete(typing.gate)
    become(WATCHING)
  }
  const typeKey = (key: Key) => {
    switch (keyName(key)) {
      case 'Enter':
        return submit()
      case 'Esc':
        return drop()
      case 'Tab':
        // readline has written it into the line.
        line.put(draft)
        if (typing.mode !== 'answer') return
        left.set(typing.gate, draft)
        return beginAnswer(typing.gate)
      default:
        draft = line.text
    }
  }

  return {
    input: () => ({
      ...typing,
      ...(typing.mode === 'note' ? { forMs: noteMoment(draft, typing.begunMs) } : {}),
      message,
      keys: true,
    }),
    draft: () => draft,
    say,
    press: (key) => {
      if (typing.mode === 'watch') watchKey(key)
      else if (typing.mode === 'help') helpKey(key)
      else typeKey(key)
    },
    paste: (text) => {
      if (isTyping(typing)) {
        line.insert(clean(text))
        draft = line.text
        changed()
      } else say('what was pasted is passed over: open a note first')
    },
    follow: () => {
      if (typing.mode === 'answer' && questionOf(typing.gate) === undefined) {
        left.set(typing.gate, draft)
        say(`"${typing.gate}" is not open any more`)
        become(WATCHING)
      }
      for (const [gate, text] of left) {
        if (questionOf(gate) !== undefined) continue
        left.delete(gate)
        if (text.trim() !== '') void handIn.keep(gate, clean(text).trim(), 'which was not open any more')
      }
    },
    rescue: async () => {
      const [was, text] = [typing, clean(draft).trim()]
      isOver = true
      become(WATCHING)
      if (was.mode === 'answer') left.set(was.gate, text)
      const answers = [...left].filter(([, answer]) => answer.trim() !== '')
      left.clear()
      if (was.mode === 'note' && text !== '') void handIn.note(wishOf(was, text))
      for (const [gate, answer] of answers) void handIn.keep(gate, answer, 'which was never sent')
      await handIn.settle()
    },
  }
}

const isTyping = ({ mode }: Typing) => mode === 'note' || mode === 'answer'

function wishOf({ kind, begunMs, corrects }: Extract<Typing, { mode: 'note' }>, text: string): NoteWish {
  return { kind, text, begunMs, corrects }
}
