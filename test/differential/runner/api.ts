import { ask, dial, type Answer } from './ask.ts'
import { Places } from './places.ts'
import type { Answering, ApiCase } from './schema.ts'
import type { Starter } from './servers.ts'

/** What one step came to: an answer, what a dial found, or that the server was gone. */
export type Outcome = Answer | 'connected' | 'refused' | 'dead'

/** Holds an API case against a fresh server and brings what each step came to. */
export async function playApi({ given, steps }: ApiCase, start: Starter): Promise<Outcome[]> {
  const [server, places] = [await start(), await Places.take()]
  const send = async (line: string, headers?: Record<string, string>): Promise<Answer | 'dead'> => {
    const answer = await ask(server, places.fill(line), headers === undefined ? {} : { headers })
    return answer === null ? 'dead' : { ...answer, body: places.blank(answer.body) }
  }
  try {
    for (const line of given) {
      const answer = await send(line)
      if (answer === 'dead' || answer.status >= 300)
        throw new Error(`what the case begins with failed: ${line} gave ${JSON.stringify(answer)}`)
    }
    const outcomes: Outcome[] = []
    for (const step of steps)
      outcomes.push(
        'ask' in step
          ? await send(`${step.ask}${' '.repeat(step.padded ?? 0)}`, step.headers)
          : await dial(places.fill(step.dial)),
      )
    if (!server.alive() && outcomes.at(-1) !== 'dead') outcomes.push('dead')
    return outcomes
  } finally {
    places.release()
    await server.stop()
  }
}

/** What the corpus wants of each step, from the embedded server or from the original. */
export function wanted({ steps }: ApiCase, of: 'embedded' | 'real'): Outcome[] {
  return steps.map((step) => {
    if (!('ask' in step)) return step.finds
    const answer = of === 'real' && step.real !== undefined ? step.real : step
    return 'dies' in answer ? 'dead' : expand(answer)
  })
}

function expand({ gives, json, error, text, other, location, unrouted }: Answering): Answer {
  const [type, body] =
    json !== undefined
      ? ['application/json', json]
      : error !== undefined
        ? [TEXT, `${escapeHtml(JSON.stringify({ error, status: gives }))}\n`]
        : text !== undefined
          ? [TEXT, text]
          : [other?.type ?? null, other?.body ?? '']
  return {
    status: gives,
    type,
    body,
    routed: unrouted !== true,
    // Go's helper for errors sets both at once.
    nosniff: error !== undefined || text !== undefined,
    location: location ?? null,
  }
}

const TEXT = 'text/plain; charset=utf-8'

/** Go's encoder writes these so, lest a browser takes them for tags. */
const escapeHtml = (json: string) =>
  json.replace(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
