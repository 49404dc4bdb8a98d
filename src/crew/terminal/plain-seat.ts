import { createInterface } from 'node:readline'
import { createBoard } from '../board.ts'
import { tPlus } from '../../base/index.ts'
import { clean } from '../clean.ts'
import { keysOf, stateTeller } from '../frame/index.ts'
import type { OpenQuestion } from '../question.ts'
import type { SeatHands } from '../seat.ts'
import { logWriter } from '../words.ts'
import { createHandIn } from './hand-in.ts'
import { readCommand, type PlainCommand } from './plain-command.ts'
import { unblock } from './unblock.ts'
import type { Leaving, SeatOptions, TerminalSeat } from './seat.ts'

/** How often the state is said where nothing changes, in milliseconds. */
const SAY_STATE_MS = 30_000

/**
 * Seats somebody who reads lines: a screen reader, a terminal without cursor, a pipe. Nothing is ever redrawn; what is
 * typed is a line and Enter: `s dashboard is red`, or the answer to what is asked.
 */
export function plainSeat(options: Omit<SeatOptions, 'onExit' | 'window'>): TerminalSeat {
  const { input, output, roles, name, onLeave } = options
  const board = createBoard({ roles, name })
  const lineOf = logWriter()
  const stateOf = stateTeller(SAY_STATE_MS)
  const said = new Set<string>()
  let hands: SeatHands | null = null
  let isOver = false

  const say = (line: string) => void output.write(`${line}\n`)
  const isOpen = (gate: string) => board.get().questions.some((question) => question.gate === gate)
  const handIn = createHandIn({ hands: () => hands, isOpen, giveBack: () => false, print: say, say })

  const leave = (why: Leaving) => {
    if (isOver) return
    isOver = true
    lines.close()
    onLeave(why)
  }
  const correct = (note: string | null, text: string) => {
    const id = note ?? handIn.mine.at(-1) ?? board.get().notes.at(-1)?.id
    if (id === undefined) say('there is no note to correct yet')
    else void handIn.note({ kind: 'note', text, begunMs: hands?.nowMs() ?? 0, corrects: id })
  }
  const answer = (text: string) => {
    const gate = board.get().questions.toSorted((a, b) => a.deadlineMs - b.deadlineMs)[0]?.gate
    if (gate !== undefined) void handIn.answer(gate, text)
  }
  const act = (command: PlainCommand) => {
    switch (command.does) {
      case 'note':
        return void handIn.note({ ...wish(command), begunMs: hands?.nowMs() ?? 0 })
      case 'correct':
        return correct(command.note, command.text)
      case 'answer':
        return answer(command.text)
      case 'abort':
        return say(handIn.abort())
      case 'help':
        return keysOf(board.get()).forEach(({ key, word, explains }) => say(`${key}  ${word}: ${explains}`))
      case 'leave':
        return leave('quit')
      case 'unclear':
        return say(command.problem)
      case 'nothing':
    }
  }

  const block = unblock(output)
  const lines = createInterface({ input, terminal: false })
    .on('line', (line) => act(readCommand(line, board.get())))
    .on('close', () => leave('EOF'))
  // A terminal that hung up answers with an error; and it has no end.
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
    questions: (open) => {
      board.questions(open)
      for (const question of open) if (!said.has(question.gate)) say(ask(question))
      said.clear()
      for (const { gate } of open) said.add(gate)
    },
    roles: (now, itsName) => {
      board.roles(now, itsName)
    },
    show: (shown) => shown.forEach((line) => say(clean(line))),
    close: async () => {
      isOver = true
      lines.close()
      block()
    },
  }
}

const wish = ({ kind, text }: Extract<PlainCommand, { does: 'note' }>) => ({ kind, text, corrects: null })

function ask({ gate, role, text, hint, default: fallback, deadlineMs }: OpenQuestion): string {
  const otherwise = fallback === null ? 'open' : `"${fallback}"`
  return clean(
    `QUESTION for the ${role}: ${gate}. ${text} ${hint}; ${otherwise} from ${tPlus(deadlineMs)} on`,
  )
}
