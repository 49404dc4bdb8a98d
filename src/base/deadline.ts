import type { Clock } from './clock.ts'

/**
 * Waits for work, but no longer than `ms`: then the work is told by its signal, and the promise rejects with an error
 * that says what did not end. Work that ignores its signal goes on unheard.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController()
  const done = new AbortController()
  const expired = new Promise<never>((_resolve, reject) => {
    deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason as Error), { once: true })
  })
  const alarm = clock.sleep(ms, done.signal).then(
    () => deadline.abort(new Error(`${what} within ${ms} ms`)),
    () => undefined, // The work ended first.
  )
  try {
    return await Promise.race([work(deadline.signal), expired])
  } finally {
    done.abort()
    await alarm
  }
}
