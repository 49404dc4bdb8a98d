import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { messageOf, systemClock } from '../../base/index.ts'
import { openAfterwards, type Afterwards, type JournalEvent } from '../../record/index.ts'
import { rollbackRecords } from '../records.ts'
import { line, messageIn, type FromWatchdog, type ToWatchdog, type WatchdogTask } from './protocol.ts'
import { watchRunner, type Runner } from './watch.ts'

/**
 * The watchdog's process. It is told by its argument what to watch and by its standard input that the runner lives,
 * answers on its standard output, and ends by itself.
 */

// It ends when its runner does, and nobody else is to end it before: neither the terminal nor whoever shuts down.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

// The task is what startWatchdog wrote for this very file.
const { stateFolder, run, dir } = JSON.parse(process.argv[2] ?? '') as WatchdogTask
const clock = systemClock
const runner: Runner = { heardAtMs: clock.now(), gone: false }
let epochMs = clock.now()

// Whoever listened is gone: that is what this process is for.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
const tell = (message: FromWatchdog) => process.stdout.write(line(message))

const lines = createInterface({ input: process.stdin })
lines.on('line', (text) => {
  runner.heardAtMs = clock.now()
  const message = messageIn<ToWatchdog>(text)
  if (message?.type === 'epoch') epochMs = message.epochMs
  else tell({ type: 'alive' })
})
lines.on('close', () => {
  runner.gone = true
})
process.stdin.on('error', () => {
  runner.gone = true
})

const opened: Afterwards[] = []
/** A folder that is not there has nobody to be told; one that cannot be written to will be told later. */
function write(event: JournalEvent): boolean {
  if (!existsSync(dir)) return true
  try {
    const afterwards = opened[0] ?? openAfterwards(dir, 'watchdog')
    opened[0] = afterwards
    afterwards.write(event, { atMs: clock.now() - epochMs, at: clock.wall() })
    return true
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    return false
  }
}

tell({ type: 'ready' })
await watchRunner(
  {
    run,
    clock,
    records: rollbackRecords(stateFolder),
    write,
    tell: (why, detail) => tell({ type: 'undoing', why, detail }),
  },
  runner,
)
// What is open now belongs to nobody: a pipe to a runner that is gone, a connection kept for a next call.
process.exit(0)
