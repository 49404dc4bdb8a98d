import type { Delivery } from '../outbox.ts'

/** How long a receiver has to take a batch. */
const TIMEOUT_MS = 5000

/** Posts JSON to a receiver, and says what became of it. Nothing that it says holds the address or a header. */
export async function postJson(
  url: string,
  headers: Record<string, string>,
  body: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<Delivery> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    await answer.body?.cancel()
    return verdict(answer.status)
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    return { state: 'later', why: late ? `no answer within ${timeoutMs / 1000} s` : 'it cannot be reached' }
  }
}

/** What a receiver will not take today it will not take tomorrow, but for these: too much at once, and its own troubles. */
function verdict(status: number): Delivery {
  if (status < 300) return { state: 'taken' }
  const why = `it answered ${status}`
  return { state: status === 408 || status === 429 || status >= 500 ? 'later' : 'refused', why }
}
