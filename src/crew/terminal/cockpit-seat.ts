import { ExitPromptError } from '@inquirer/core'
import type { Board } from '../board.ts'
import type { SeatHands } from '../seat.ts'
import { holdTerminal } from './hold.ts'
import { isCtrl, readKeys, type Key } from './keys.ts'
import { feed } from './feed.ts'
import { liveFrame } from './live-frame.ts'
import type { Leaving, SeatOptions, TerminalSeat } from './seat.ts'
import { createTypist } from './typist.ts'
import { unblock } from './unblock.ts'

export interface CockpitSeatOptions extends SeatOptions {
  board: Board
  /** The frame cannot be kept up any more. The terminal is given back by then, and what was typed handed in. */
  onBroken: (error: unknown) => void
}

/**
 * Seats somebody at a terminal: the log scrolls, and below it stands the frame with the line that is typed into. Single
 * keys write notes, answer and abort. Takes the terminal over until it is closed, left, or the process ends.
 */
export function cockpitSeat(options: CockpitSeatOptions): TerminalSeat {
  const { input, output, window, clock, board, onLeave, onBroken } = options
  let hands: SeatHands | null = null
  let vacated: Promise<void> | null = null
  let isBroken = false

  const release = holdTerminal(options)
  const block = unblock(output)
  const typist = createTypist({
    board,
    clock,
    hands: () => hands,
    line: {
      get text() {
        return frame.line.text
      },
      put: (text) => frame.line.put(text),
      insert: (text) => frame.line.insert(text),
    },
    print: (text) => frame.print(text),
    changed: () => frame.redraw(),
    said: (message) => (isBroken ? frame.print(message) : frame.redraw()),
    quit: () => leave('quit'),
  })
  const frame = liveFrame({
    output,
    window,
    clock,
    board: () => board.get(),
    input: () => typist.input(),
    draft: () => typist.draft(),
    press: (key) => typist.press(key),
    onLost: (error) => {
      if (error instanceof ExitPromptError) return leave('SIGINT')
      if (vacated !== null) return
      isBroken = true
      vacated = vacate()
      onBroken(error)
    },
  })

  const onKey = (text: string | undefined, key: Key) => {
    if (isCtrl(key, 'c')) leave('SIGINT')
    else if (isCtrl(key, 'd') && frame.line.text === '') leave('EOF')
    else if (isCtrl(key, 'z')) typist.say('Ctrl-Z is not heard: a stopped drill could put nothing back')
    else frame.key(text, key)
  }
  const stopReading = readKeys(input, {
    key: onKey,
    paste: (text) => typist.paste(text),
    ended: () => leave('EOF'),
  })

  const vacate = async () => {
    stopReading()
    const rescued = typist.rescue()
    const down = frame.close()
    release()
    await Promise.all([rescued, down])
  }
  function leave(why: Leaving): void {
    if (vacated !== null) return
    vacated = vacate()
    onLeave(why)
  }

  const fed = feed(board, frame, window)
  return {
    take: (given) => {
      hands = given
      frame.redrawSoon()
    },
    ...fed,
    questions: (open, elsewhere) => {
      fed.questions(open, elsewhere)
      typist.follow()
    },
    roles: (now, itsName) => {
      board.roles(now, itsName)
      frame.redrawSoon()
    },
    finish: () => typist.rescue(),
    close: async () => {
      await (vacated ??= vacate())
      block()
    },
  }
}
