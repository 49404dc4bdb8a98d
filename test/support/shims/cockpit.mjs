// A drill that never ends, seen from one terminal: `cockpit.mjs <file for what became of it>`. It is in its first break,
// says a line every now and then, asks one question, and writes everything that is done at its keyboard into the file. A
// note makes it say how the terminal is set; the note `exit` makes it end without a farewell, and the note `break` makes
// its frame fail.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { processIo } from '../../../dist/cli/io.js'
import { windowOf } from '../../../dist/cli/window.js'
import { systemClock } from '../../../dist/base/index.js'
import { terminalSeat } from '../../../dist/crew/index.js'

const [file] = process.argv.slice(2)
const SAY_MS = 30
const TELL_MS = 250
const AT_MS = 450_000
const epochMs = systemClock.now() - AT_MS
const nowMs = () => systemClock.now() - epochMs
const done = { notes: [], answers: [], aborts: 0, left: null, signals: [], lateMs: 0 }
const keep = () => writeFileSync(file, JSON.stringify(done))

const io = processIo(process, systemClock)
io.onSignal((signal) => {
  done.signals.push(signal)
  void end('signal')
})
const windowNow = windowOf(io)
let isBroken = false
const seat = terminalSeat({
  input: io.stdin,
  output: io.stderr,
  window: () =>
    Object.defineProperty(windowNow(), 'glyphs', {
      enumerable: true,
      get: () => {
        if (isBroken) throw new Error('there is no such glyph')
        return 'unicode'
      },
    }),
  clock: systemClock,
  roles: ['lead', 'operator', 'scribe'],
  name: 'Ana',
  onExit: io.onExit,
  onLeave: (why) => {
    done.left = why
    void end(why)
  },
})

let number = 0
const stamp = () => ({ id: `j${++number}`, atMs: nowMs(), at: new Date().toISOString() })
const terminal = () =>
  execFileSync('stty', ['-a'], { encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] })
const say = (text) => seat.entry({ ...stamp(), type: 'said', role: 'lead', text })

seat.take({
  nowMs,
  note: async (wish) => {
    if (wish.text === 'exit') process.exit(7)
    if (wish.text === 'break') isBroken = true
    const note = `n${done.notes.push(wish)}`
    keep()
    seat.entry({ ...stamp(), type: 'note', note, role: 'scribe', by: 'Ana', ...wish, forMs: wish.begunMs })
    say(`the terminal: ${terminal()}`)
    return { id: note, forMs: wish.begunMs }
  },
  answer: async (gate, text) => {
    done.answers.push([gate, text])
    keep()
    return null
  },
  abort: () => done.aborts++,
})
seat.questions([
  {
    gate: 'did the alert fire?',
    role: 'operator',
    kind: 'choice',
    text: 'Did the alert fire that should have?',
    options: ['yes', 'no'],
    hint: 'yes or no',
    default: 'no',
    deadlineMs: AT_MS + 60_000,
  },
])

const status = () => ({
  atMs: nowMs(),
  totalMs: 1_800_000,
  phase: {
    name: 'revoked key',
    kind: 'break',
    index: 3,
    count: 9,
    lengthMs: 360_000,
    leftMs: 780_000 - nowMs(),
  },
  next: { name: 'key restored', kind: 'restore', atMs: 780_000 },
  stopping: false,
  load: {
    perSecond: 10.1,
    n: 101,
    success: 1,
    p95Ms: 1210,
    servedBy: { primary: 0, secondary: 1, cache: 0 },
  },
  lastMinute: { success: Array(24).fill(1), p95Ms: Array(24).fill(900) },
  limits: { success: 0.995, p95Ms: 2500 },
  fault: {
    number: 1,
    count: 2,
    kind: 'revoke-key',
    target: 'primary',
    proven: true,
    sinceMs: 30_000,
    capMs: 480_000,
  },
  clocks: { detectMs: 210, switchMs: 410, stableMs: 900, taxMs: 0.3 },
  withoutRouter: { requests: 13, ok: 0 },
  budget: { allowed: 50, spentBefore: 4, fourHours: 0 },
  money: null,
  sentTotal: 300,
  failedTotal: 0,
})
let line = 0
let lastMs = nowMs()
const saying = setInterval(() => {
  done.lateMs = Math.max(done.lateMs, nowMs() - lastMs - SAY_MS)
  lastMs = nowMs()
  say(`line ${++line}.`)
}, SAY_MS)
const telling = setInterval(() => seat.status(status()), TELL_MS)

let ending = false
async function end(why) {
  if (ending) return
  ending = true
  clearInterval(saying)
  clearInterval(telling)
  say(`left: ${why}`)
  await seat.close()
  keep()
  process.exitCode = why === 'EOF' ? 4 : 130
}
