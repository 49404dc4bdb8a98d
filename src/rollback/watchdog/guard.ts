import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { builtFile, messageOf, systemClock } from '../../base/index.ts'
import type { WatchdogReason } from '../../record/index.ts'
import {
  HEARTBEAT_MS,
  line,
  messageIn,
  SILENCE_MS,
  START_MS,
  type FromWatchdog,
  type WatchdogTask,
} from './protocol.ts'

/**
 * The runner's end of the pipe to its watchdog, in a thread that does nothing else, so that nothing can stall it:
 * gives the sign of life, hears what the watchdog says, and replaces it when it dies.
 */

export interface GuardData {
  task: WatchdogTask
  /**
   * One number that both threads see: when the last sign of life was given, in milliseconds of the monotonic clock. One
   * that came too late for the watchdog is the last: what it then began is not over because the runner goes on.
   */
  beat: SharedArrayBuffer
}

export type FromGuard =
  | { type: 'started'; pid: number }
  | { type: 'lost'; detail: string }
  | { type: 'failed'; detail: string }
  | { type: 'undoing'; why: WatchdogReason; detail: string }
  | { type: 'released' }

/** `wait`: the watchdog has nothing to do any more, so that it ends at once; else it goes on by itself. */
export type ToGuard = { type: 'epoch'; epochMs: number } | { type: 'release'; wait: boolean }

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** A watchdog that leaves so many signs of life unanswered is as good as dead; one that is coming up has longer. */
const UNANSWERED = SILENCE_MS / HEARTBEAT_MS
const UNANSWERED_AT_FIRST = START_MS / HEARTBEAT_MS
/** One that dies again and again is not replaced for ever. */
const MOST_STARTS = 10
const END_MS = 3000

const port = parentPort
if (port === null) throw new Error('the guard is a thread of the runner')
// The data is what startWatchdog made for this very file.
const { task, beat } = workerData as GuardData
const beatAt = new Float64Array(beat)
const post = (message: FromGuard) => port.postMessage(message)

let child: Child | null = null
let starts = 0
let unanswered = 0
let mostUnanswered = UNANSWERED_AT_FIRST
let epochMs: number | null = null
let releasing = false

function start(): void {
  starts++
  unanswered = 0
  mostUnanswered = UNANSWERED_AT_FIRST
  const file = fileURLToPath(builtFile(import.meta.url, './process.js'))
  // In a session of its own, so that it outlives the terminal and the process group; in no folder that could be in the way.
  const own = spawn(process.execPath, [file, JSON.stringify(task)], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child = own
  let lastWords = ''
  own.stderr.on('data', (piece: Buffer) => {
    lastWords = `${lastWords}${piece.toString()}`.slice(-300)
  })
  own.stdin.on('error', () => undefined) // Its exit says it.
  createInterface({ input: own.stdout }).on('line', (text) => hear(own, messageIn<FromWatchdog>(text)))
  own.on('error', (error) => lost(own, `the watchdog could not be started: ${messageOf(error)}`))
  own.on('exit', (code, signal) =>
    lost(
      own,
      `the watchdog ended ${signal === null ? `with code ${code}` : `by ${signal}`}${lastWords === '' ? '' : `: ${lastWords.trim()}`}`,
    ),
  )
  if (epochMs !== null) own.stdin.write(line({ type: 'epoch', epochMs }))
}

function hear(from: Child, message: FromWatchdog | null): void {
  if (from !== child || message === null) return
  unanswered = 0
  mostUnanswered = UNANSWERED
  if (message.type === 'ready') post({ type: 'started', pid: from.pid ?? 0 })
  else if (message.type === 'undoing') post(message)
}

/** There is never a second one while the first may still be alive: only its exit brings a new one. */
function lost(which: Child, detail: string): void {
  if (which !== child) return
  child = null
  if (releasing) return post({ type: 'released' })
  post({ type: 'lost', detail })
  if (starts < MOST_STARTS) start()
  else
    post({
      type: 'failed',
      detail: `it was started ${starts} times and died each time; the last time: ${detail}`,
    })
}

const beating = setInterval(() => {
  const now = systemClock.now()
  if (now - (beatAt[0] ?? now) <= SILENCE_MS) beatAt[0] = now
  if (child === null) return
  // One that hangs is ended, which brings a new one.
  if (unanswered++ >= mostUnanswered) child.kill('SIGKILL')
  else child.stdin.write(line({ type: 'alive' }))
}, HEARTBEAT_MS)

port.on('message', (message: ToGuard) => {
  if (message.type === 'epoch') {
    epochMs = message.epochMs
    child?.stdin.write(line(message))
    return
  }
  releasing = true
  clearInterval(beating)
  if (child === null) return post({ type: 'released' })
  const own = child
  own.stdin.end()
  if (!message.wait) return post({ type: 'released' })
  // It has nothing left to do; one that hangs nevertheless is not left behind.
  setTimeout(() => own.kill('SIGKILL'), END_MS)
})

beatAt[0] = systemClock.now()
start()
