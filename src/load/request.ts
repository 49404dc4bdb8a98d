import { GamedayError } from '../base/index.ts'
import { formatOf, markerText, tenantMark, translationBetween, withMarker } from '../wire/index.ts'
import type { Question } from './mix.ts'
import type { Endpoint } from './types.ts'

/** One HTTP request, ready to be sent. */
export interface ChatRequest {
  origin: string
  path: string
  headers: Record<string, string>
  body: string
}

export type ChatRequests = (question: Question, requestId: string) => ChatRequest

/**
 * Makes the builder of chat requests to one endpoint.
 *
 * Every request carries its marker twice: at the end of the user's message, which every router passes on, and in
 * `user`, which some drop.
 *
 * @throws GamedayError `ENDPOINT_INVALID` if the URL is none, or the key cannot be sent in a header
 */
export function chatRequests(
  { url, key, format: id = 'openai', headers: further = {} }: Endpoint,
  model: string,
  runTag: string,
): ChatRequests {
  const { keyHeader, requiredHeaders, chatPath } = formatOf(id)
  const translation = translationBetween('openai', id)
  const { origin, path } = target(url, chatPath)
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new GamedayError(
      `the key for ${origin} is empty or holds characters that no HTTP header can carry`,
      {
        code: 'ENDPOINT_INVALID',
        hint: 'Look for spaces or line breaks around the key.',
      },
    )
  }
  const headers = {
    ...further,
    [keyHeader.name]: keyHeader.prefix + key,
    ...requiredHeaders,
    'content-type': 'application/json',
    'user-agent': 'gameday',
  }
  return ({ prompt, stream }, requestId) => {
    const marker = { runTag, requestId, tenant: tenantMark(runTag, prompt.tenant) }
    const body = {
      model,
      messages: [{ role: 'user', content: withMarker(prompt.text, marker) }],
      stream,
      // Without it OpenAI-format streams never say what they cost.
      ...(stream ? { stream_options: { include_usage: true } } : {}),
      user: markerText(marker),
    }
    return {
      origin,
      path,
      headers: { ...headers, ...tags(prompt), accept: stream ? 'text/event-stream' : 'application/json' },
      body: JSON.stringify(translation?.request(body).body ?? body),
    }
  }
}

/** For whom and what the request is, as a router takes it that keeps account by tenant and feature. */
function tags({ tenant, feature }: Question['prompt']): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ 'x-gameday-tenant': tenant, 'x-gameday-feature': feature }).filter(([, value]) =>
      /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value),
    ),
  )
}

function target(url: string, chatPath: string): { origin: string; path: string } {
  const base = URL.canParse(url) ? new URL(url) : null
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new GamedayError(`not an address that requests can be sent to: ${url}`, {
      code: 'ENDPOINT_INVALID',
      hint: 'Write the base URL of an endpoint, such as http://127.0.0.1:8080/v1.',
    })
  }
  return { origin: base.origin, path: `${base.pathname.replace(/\/+$/, '')}${chatPath}${base.search}` }
}
