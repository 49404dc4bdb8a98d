import type { StartedRouter } from './row.ts'

const REQUESTS = 20
const AT_A_TIME = 5

/**
 * Asks a router before its drill: the first requests of a process load code and open connections, and are no healthy
 * day. Throws if one of them fails.
 */
export async function warmUp({ router, env }: StartedRouter): Promise<void> {
  const headers = Object.entries(router.headers ?? {}).map(([name, value]) => [
    name,
    env[value.slice(1)] ?? value,
  ])
  const ask = async (stream: boolean) => {
    const answer = await fetch(`${router.url}/chat/completions`, {
      method: 'POST',
      headers: {
        ...(Object.fromEntries(headers) as Record<string, string>),
        'content-type': 'application/json',
        authorization: `Bearer ${env[router.key ?? ''] ?? 'gameday'}`,
      },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        stream,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    })
    const text = await answer.text()
    if (!answer.ok)
      throw new Error(`the router answered ${answer.status} before anything was broken: ${text}`)
  }
  for (let asked = 0; asked < REQUESTS; asked += AT_A_TIME)
    await Promise.all(Array.from({ length: AT_A_TIME }, (_, nth) => ask(nth % 2 === 0)))
}
