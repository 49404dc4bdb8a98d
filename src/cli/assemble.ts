import {
  createDesk,
  jsonView,
  lineView,
  plainSeat,
  plainText,
  quietView,
  scriptSeat,
  terminalSeat,
  viewSeat,
  watchSeat,
  type Desk,
  type Leaving,
  type Seat,
} from '../crew/index.ts'
import type { People } from '../record/index.ts'
import type { RunFlags } from './flags.ts'
import type { Io } from './io.ts'
import type { Setup } from './setup.ts'
import { isPlain, windowOf } from './window.ts'

/** Seats people at this terminal: the lead's, which speaks for every role that nobody joins for. */
export function deskOfPeople(people: People, flags: RunFlags, io: Io, onLeave: (why: Leaving) => void): Desk {
  const desk = createDesk({ people, blind: flags.blind === true, clock: io.clock })
  const options = {
    input: io.stdin,
    output: io.stderr,
    window: windowOf(io),
    clock: io.clock,
    roles: ['lead', 'operator', 'scribe'] as const,
    name: people.lead,
    onLeave,
  }
  const seat = isPlain(flags, io) ? plainSeat(options) : terminalSeat({ ...options, onExit: io.onExit })
  seat.take(desk.host(seat))
  return desk
}

/** Seats a script, if there is one, and whoever looks on at a run that nobody attends. */
export function deskOfNobody({ answers }: Pick<Setup, 'answers'>, flags: RunFlags, io: Io): Desk {
  const desk = createDesk({ people: answers?.crew ?? null, blind: flags.blind === true, clock: io.clock })
  desk.view(onlooker(flags, io))
  if (answers !== null) {
    const isShown = flags.json !== true && flags.quiet !== true
    const seat = scriptSeat(answers, {
      clock: io.clock,
      tell: (line) => {
        // Where a frame is drawn, the desk writes it: a line beside it would tear it.
        desk.show([line])
        if (!isShown) io.stderr.write(`gameday: ${plainText(line)}\n`)
      },
    })
    seat.take(desk.play(seat))
  }
  return desk
}

function onlooker(flags: RunFlags, io: Io): Seat {
  const { stdout, stderr, clock } = io
  if (flags.json === true) return viewSeat(jsonView(stdout))
  if (flags.quiet === true) return viewSeat(quietView)
  // A frame is for eyes: it wants a terminal that can move its cursor.
  return isPlain(flags, io) || !stderr.isTTY
    ? viewSeat(lineView(stderr))
    : watchSeat({ output: stderr, window: windowOf(io), clock })
}
