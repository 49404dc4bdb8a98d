import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 50

/** Waits until it is so, and tells whether it ever was. */
export async function comesTrue(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
  lookMs = LOOK_MS,
): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs
  for (;;) {
    if (await isSo()) return true
    if (performance.now() > giveUpAt) return false
    await sleep(lookMs)
  }
}

/** Waits for a promise, but no longer than this. Throws, naming what was waited for. */
export async function within<T>(what: string, limitMs: number, promise: Promise<T>): Promise<T> {
  const late = new AbortController()
  try {
    return await Promise.race([
      promise,
      sleep(limitMs, null, { signal: late.signal }).then(() => {
        throw new Error(`${what}: not within ${limitMs / 1000} s`)
      }),
    ])
  } finally {
    late.abort()
  }
}
