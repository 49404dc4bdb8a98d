import { request } from 'undici'
import type { ApiCall } from '../../record/index.ts'

/**
 * Sends one call and reads its answer, on a connection of its own: one kept from before may lead to a server that has
 * died since. Not by the global fetch, whose `Sec-Fetch` headers the gate takes for a browser's. Throws what keeps the
 * answer from coming.
 */
export async function send(
  { method, url, headers, body }: Pick<ApiCall, 'method' | 'url' | 'headers' | 'body'>,
  timeoutMs: number,
): Promise<{ status: number; text: string }> {
  const answer = await request(url, {
    method,
    reset: true,
    signal: AbortSignal.timeout(timeoutMs),
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.statusCode, text: await answer.body.text() }
}
