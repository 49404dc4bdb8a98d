// Preloaded into the program: its main thread dies in a chosen way as soon as the file GAMEDAY_TEST_CRASH_WHEN is there,
// whose text says how. It acts in the main thread of `run` alone: not in workers, not in the watchdog.
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const LOOK_MS = 20
const { GAMEDAY_TEST_CRASH_WHEN: when } = process.env

const ways = {
  'uncaught exception': () => {
    throw new Error('planted: an exception that nobody catches')
  },
  'unhandled rejection': () => {
    void Promise.reject(new Error('planted: a rejection that nobody handles'))
  },
  'out of memory': () => {
    for (const hoard = []; ;) hoard.push(Array.from({ length: 100_000 }, () => 0.5))
  },
}

if (isMainThread && process.argv[2] === 'run' && when !== undefined) {
  const look = setInterval(() => {
    const way = ways[read()]
    if (way === undefined) return
    clearInterval(look)
    way()
  }, LOOK_MS)
  look.unref() // It must not keep alive what would end.
}

function read() {
  try {
    return readFileSync(when, 'utf8')
  } catch {
    return ''
  }
}
