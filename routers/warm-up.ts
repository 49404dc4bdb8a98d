import type { StartedRouter } from './row.ts'

const REQUESTS = 20

/**
 * Asks a router before its drill: the first requests of a process load code and open connections, and are no healthy
 * day. Throws if one of them fails.
 */
export async function warmUp({ router, env }: StartedRouter): Promise<void> {
  const headers = Object.entries(router.headers ?? {}).map(([name, value]) => [
    name,
    env[value.slice(1)] ?? value,
  ])
  for (let nth = 0; nth < REQUESTS; nth++) {
    const answer = await fetch(`${router.url}/chat/completions`, {
      method: 'POST',
      headers: {
        ...(Object.fromEntries(headers) as Record<string, string>),
        'content-type': 'application/json',
        authorization: `Bearer ${env[router.key ?? ''] ?? 'gameday'}`,
      },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        stream: nth % 2 === 0,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    })
    const text = await answer.text()
    if (!answer.ok)
      throw new Error(`the router answered ${answer.status} before anything was broken: ${text}`)
  }
}
