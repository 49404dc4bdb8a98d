import { createInterface } from 'node:readline'
import { createBoard, type Board } from '../board.ts'
import { clean } from '../clean.ts'
import { stateTeller } from '../frame/index.ts'
import type { SeatHands } from '../seat.ts'
import { logWriter } from '../words.ts'
import { createHandIn } from './hand-in.ts'
import { readCommand, type PlainCommand } from './plain-command.ts'
import { plainHelp, questionTeller } from './plain-words.ts'
import { unblock } from './unblock.ts'
import type { Leaving, SeatOptions, TerminalSeat } from './seat.ts'

/** How often the state is said where nothing changes, in milliseconds. */
const SAY_STATE_MS = 30_000

/**
 * Seats somebody who reads lines: a screen reader, a terminal without cursor, a pipe. Nothing is ever redrawn; what is
 * typed is a line and Enter: `s dashboard is red`, or the answer to what is asked.
 * @param board what was known before, for a seat that goes on where another one failed
 */
export function plainSeat(
  options: Omit<SeatOptions, 'onExit' | 'window'>,
  board: Board = createBoard({ roles: options.roles, name: options.name }),
): TerminalSeat {
  const { input, output, clock, onLeave } = options
  const lineOf = logWriter()
  const stateOf = stateTeller(SAY_STATE_MS)
  const questionsOf = questionTeller()
  let hands: SeatHands | null = null
  let isFinished = false
  let isOver = false

  const say = (line: string) => void output.write(`${line}\n`)
  const handIn = createHandIn({
    clock,
    hands: () => hands,
    question: (gate) => board.get().questions.find((question) => question.gate === gate),
    giveBack: () => false,
    print: say,
    say,
  })

  const leave = (why: Leaving) => {
    if (isOver) return
    isOver = true
    lines.close()
    onLeave(why)
  }
  const note = (
    { kind, text }: Pick<Extract<PlainCommand, { does: 'note' }>, 'kind' | 'text'>,
    corrects: string | null = null,
  ) => void handIn.note({ kind, text, begunMs: hands?.nowMs() ?? 0, corrects })
  const correct = (named: string | null, text: string) => {
    const id = named ?? handIn.mine.at(-1) ?? board.get().notes.at(-1)?.id
    if (id === undefined) say('there is no note to correct yet')
    else note({ kind: 'note', text }, id)
  }
  const act = (command: PlainCommand) => {
    switch (command.does) {
      case 'note':
        return note(command)
      case 'correct':
        return correct(command.note, command.text)
      case 'answer':
        return void handIn.answer(command.gate, command.text)
      case 'abort':
        say(handIn.abort())
        // Why somebody stopped it belongs into the journal.
        if (command.text !== '') note({ kind: 'note', text: command.text })
        return
      case 'help':
        return plainHelp(board.get()).forEach(say)
      case 'leave':
        return leave('quit')
      case 'unclear':
        return say(command.problem)
      case 'nothing':
    }
  }
  const hear = (line: string) => {
    if (!isFinished) act(readCommand(line, board.get()))
    else if (line.trim() !== '') say(`not written, the drill is over: ${clean(line)}`)
  }

  const block = unblock(output)
  const lines = createInterface({ input, terminal: false })
    .on('line', hear)
    .on('close', () => leave('EOF'))
    // readline passes on the error with which a terminal that hung up answers; its input has no end.
    .on('error', () => leave('EOF'))
  // And once readline is closed, nobody else would hear it.
  input.on('error', () => leave('EOF'))

  return {
    take: (given) => {
      hands = given
    },
    entry: (entry) => {
      board.entry(entry)
      const line = lineOf(entry)
      if (line !== null) say(line)
    },
    status: (status) => {
      board.status(status)
      const line = stateOf(status)
      if (line !== null) say(line)
    },
    questions: (open, elsewhere) => {
      board.questions(open, elsewhere)
      questionsOf(open).forEach(say)
    },
    roles: (now, itsName) => {
      board.roles(now, itsName)
    },
    show: (shown) => shown.forEach((line) => say(clean(line))),
    finish: async () => {
      isFinished = true
      await handIn.settle()
    },
    close: async () => {
      isOver = true
      lines.close()
      await handIn.settle()
      block()
    },
  }
}
