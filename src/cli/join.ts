import { join as pathOf } from 'node:path'
import { EXIT, GamedayError, nearestWord } from '../base/index.ts'
import {
  connectHub,
  lineView,
  plainSeat,
  terminalSeat,
  viewSeat,
  type HubLine,
  type Seat,
  type SeatHands,
  type SeatRole,
} from '../crew/index.ts'
import type { Io } from './io.ts'
import { readName } from './person.ts'
import { runningDrill } from './running-drill.ts'
import { isPlain, windowOf } from './window.ts'

const JOINABLE = ['scribe', 'operator', 'observer'] as const

export interface JoinFlags {
  as?: string
  name?: string
  plain?: boolean
}

/**
 * Attaches this terminal to the drill in progress, until the drill ends or somebody leaves it. Returns 0 then, 130 when
 * TERM or HUP ended it, and 3 when contact was lost: the drill itself goes on without it.
 */
export async function join(run: string | undefined, flags: JoinFlags, io: Io): Promise<number> {
  const atTerminal = io.stdin.isTTY === true && io.stderr.isTTY === true
  const role = readRole(flags.as ?? (atTerminal ? 'scribe' : 'observer'))
  const name = readName('--name', flags.name)
  const { path, drill, dir } = await runningDrill(run, io)
  const line = await connectHub({ path, who: { role, name }, clock: io.clock })
  const seat = seatFor({ role, name, atTerminal }, flags, io, line)
  let wasTold = false
  const stopListening = io.onSignal((signal) => {
    // INT is Ctrl-C, where no cockpit reads it as a key: a person who leaves.
    wasTold ||= signal !== 'SIGINT'
    void line.leave()
  })
  seat.take(line.hands)
  line.follow(seat)
  const over = await line.over
  stopListening()
  await seat.close()
  if (over.why === 'lost') {
    io.stderr.write(
      `gameday: contact with the drill ${drill} was lost: ${over.detail}\n  If its process is gone, its watchdog undoes what it broke; gameday recover says whether all of it is.\n`,
    )
    return EXIT.notReady
  }
  if (over.why === 'ended') {
    // It is drawn when nobody is connected any more.
    io.stderr.write(`The drill has ended. Its report is drawn now: ${pathOf(dir, 'report.md')}\n`)
    return EXIT.ok
  }
  io.stderr.write('You have left; the drill goes on.\n')
  return wasTold ? EXIT.interrupted : EXIT.ok
}

function seatFor(
  { role, name, atTerminal }: { role: SeatRole; name: string; atTerminal: boolean },
  flags: JoinFlags,
  io: Io,
  line: HubLine,
): Seat & { take: (hands: SeatHands) => void } {
  const options = {
    input: io.stdin,
    output: io.stderr,
    window: windowOf(io),
    clock: io.clock,
    roles: [role],
    name,
    onLeave: () => void line.leave(),
  }
  // Nobody types into a pipe that is only looked at.
  if (!atTerminal && role === 'observer') return { ...viewSeat(lineView(io.stdout)), take: () => undefined }
  return isPlain(flags, io) || !atTerminal
    ? plainSeat(options)
    : terminalSeat({ ...options, onExit: io.onExit })
}

function readRole(typed: string): SeatRole {
  const role = JOINABLE.find((one) => one === typed)
  if (role !== undefined) return role
  const meant = nearestWord(typed, [...JOINABLE])
  throw new GamedayError(`--as ${typed} is no role that can be joined in`, {
    code: 'BAD_FLAG',
    exitCode: EXIT.usage,
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}Write --as ${JOINABLE.join(', --as ')}; the lead is at the terminal of gameday run.`,
  })
}
