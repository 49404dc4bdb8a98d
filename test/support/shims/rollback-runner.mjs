// A runner and nothing more: `rollback-runner.mjs <task as JSON>`. It starts the watchdog of a run, puts the run's plan on
// record, and does what the lines on its input say. What it hears and what comes of it are JSON lines on its output. It
// ends with its input.
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../../dist/base/index.js'
import { rollbackRecords, startWatchdog, stateFolder } from '../../../dist/rollback/index.js'

const { run, dir, plan, nodeOptions } = JSON.parse(process.argv[2])
const state = stateFolder(process.env)
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
if (nodeOptions !== undefined) process.env.NODE_OPTIONS = nodeOptions

const permitted = (watchdog) => {
  try {
    watchdog.permit()
    return { permitted: true }
  } catch ({ code, message }) {
    return { permitted: false, code, message }
  }
}

const words = {
  permit: async (watchdog) => permitted(watchdog),
  /** Does nothing at all for so long: its main thread hears nobody. */
  block: async (watchdog, ms) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(ms))
    await delay(1000)
    return permitted(watchdog)
  },
  /** Asks without a pause whether it may, and counts the answers after it has been stopped for a while. */
  spin: async (watchdog) => {
    const after = { permitted: 0, refused: 0 }
    let stoppedAt = Infinity
    let last = performance.now()
    while (performance.now() - stoppedAt < 1500) {
      const now = performance.now()
      if (now - last > 4000) stoppedAt = now
      last = now
      const answer = permitted(watchdog)
      if (stoppedAt !== Infinity) after[answer.permitted ? 'permitted' : 'refused']++
    }
    return after
  },
}

try {
  const watchdog = await startWatchdog({ stateFolder: state, run, dir }, systemClock, {
    onStarted: (pid) => say({ news: 'started', pid }),
    onLost: (detail) => say({ news: 'lost', detail }),
    onFailed: (detail) => say({ news: 'failed', detail }),
    onUndoing: (why, detail) => say({ news: 'undoing', why, detail }),
  })
  if (plan !== null) rollbackRecords(state).write(plan)
  say({ news: 'ready' })
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const [word, argument] = line.split(' ')
      void words[word](watchdog, argument).then((answer) => say({ answer }))
    })
    .on('close', () => process.exit())
} catch ({ code, exitCode, message }) {
  say({ news: 'refused', code, exitCode, message })
}
