import type { Moment } from './moments.ts'

/** How a process may end: its exit code, or the signal that killed it. */
export type Exit = number | NodeJS.Signals

export type Expected = readonly Exit[] | Record<Moment, readonly Exit[]>

export interface EndingFacts {
  /** How it is brought about. */
  means: string
  /** How the runner is to end. */
  exits: Expected
  /** Whether it may also end with 6, as there was no server that could have proven anything, and leave the record. */
  mayBeUnprovable?: true
  /** Longest that one call of Toxiproxy's may take in this drill. */
  callTimeout?: string
  /** How long the drill is to take, where its phases would be too short. */
  duration?: string
  /** The only moment at which it makes sense; all if left out. */
  only?: Moment
}

/** A drill that goes on to its normal end holds. */
const HELD = [0] as const
const SIGNALLED = [130] as const
const ABORTED = [4] as const
const CRASHED = [70] as const

/** Lost while the fault was being made, it was not made; lost later, the rule lost-toxiproxy ends the drill. */
const LOST_SERVER: Expected = {
  'before the record': [3],
  'between record and apply': [5],
  'during apply': [5],
  'fault in force': ABORTED,
  'during revert': ABORTED,
  'between revert and proof': ABORTED,
}

/** All that can end a drill, or happen to it, with what has to come of it. */
export const ENDINGS = {
  INT: { means: 'kill -INT of the runner', exits: SIGNALLED },
  'INT twice': { means: 'kill -INT of the runner, again 0.2 s later', exits: SIGNALLED },
  TERM: { means: 'kill -TERM of the runner', exits: SIGNALLED },
  HUP: { means: 'kill -HUP of the runner', exits: SIGNALLED },
  KILL: { means: 'kill -KILL of the runner', exits: ['SIGKILL'] },
  'KILL of runner and watchdog': {
    means: 'kill -KILL of both at once, then recover, twice',
    exits: ['SIGKILL'],
  },
  'KILL of the watchdog': { means: 'kill -KILL of the watchdog alone', exits: HELD },
  'uncaught exception': { means: 'thrown in the main thread by a shim', exits: CRASHED },
  'unhandled rejection': { means: 'left in the main thread by a shim', exits: CRASHED },
  'out of memory': { means: 'a shim fills the heap of the main thread', exits: ['SIGABRT'] },
  'disk full for the journal': { means: '', exits: ABORTED },
  'disk full for the record': { means: '', exits: [3], only: 'before the record' },
  'stopped past the deadline': { means: 'kill -STOP, whole while stopped, then -CONT', exits: ABORTED },
  'clock set back': { means: 'Date an hour back in every process, by a shim', exits: HELD },
  'Toxiproxy restarted empty': {
    means: 'kill -KILL of the server, started again on its port',
    exits: LOST_SERVER,
    mayBeUnprovable: true,
  },
  'Toxiproxy frozen and thawed': {
    means: 'kill -STOP of the server, -CONT 5 s later',
    exits: LOST_SERVER,
    mayBeUnprovable: true,
    callTimeout: '1s',
  },
  'parent terminal gone': {
    means: 'kill -KILL of the terminal, a real pty',
    exits: SIGNALLED,
  },
  'second drill meanwhile': {
    means: 'gameday run on the same server',
    exits: HELD,
    // The second one comes and goes while a call of the first is held.
    callTimeout: '30s',
    duration: '20s',
  },
} satisfies Record<string, EndingFacts>
export type Ending = keyof typeof ENDINGS
