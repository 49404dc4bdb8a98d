import type { Clock } from '../../base/index.ts'
import type { Window } from '../frame/index.ts'
import type { Seat, SeatHands, SeatRole } from '../seat.ts'
import type { TerminalInput } from './hold.ts'

/** Why somebody left: Ctrl-C, an input that ended (Ctrl-D, a terminal that hung up), or an observer's `q`. */
export type Leaving = 'SIGINT' | 'EOF' | 'quit'

/** A seat at a terminal, which is made before there is a drill to speak to. */
export interface TerminalSeat extends Seat {
  /** Gives it its hands; until then it only shows. */
  take(hands: SeatHands): void
  roles(roles: readonly SeatRole[], name: string): void
  finish(): Promise<void>
}

export interface SeatOptions {
  input: TerminalInput
  output: NodeJS.WritableStream
  window: () => Window
  clock: Clock
  /** The roles that it speaks for while nobody has joined for one of them. */
  roles: readonly SeatRole[]
  name: string
  /** Called once, when whoever sat there has left. The seat goes on as plain lines until it is closed. */
  onLeave: (why: Leaving) => void
  /** Calls back when the process ends, until the returned function is called. */
  onExit: (listener: () => void) => () => void
}
