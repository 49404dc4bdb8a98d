import { messageOf } from '../../base/index.ts'
import { ToxiproxyError } from './errors.ts'
import type { TransportFailure } from './transport.ts'

/** What was tried, where, and how long it might take: what a sentence about a failure needs to know. */
export interface Attempted {
  /** In the infinitive: `create the proxy "x" on 127.0.0.1:0`. */
  deed: string
  url: string
  timeoutMs: number
}

/** Turns the failure of one exchange into the error that a person reads. */
export function explain(failure: TransportFailure, { deed, url, timeoutMs }: Attempted): ToxiproxyError {
  const { kind, status, text: serverText, cause } = failure
  switch (kind) {
    case 'unreachable':
      return new ToxiproxyError(
        `Could not ${deed}: nothing answers as Toxiproxy at ${url} (${reasonOf(cause)}).`,
        {
          code: 'TOXIPROXY_UNREACHABLE',
          hint: 'Start it (toxiproxy-server -host 127.0.0.1 -port 8474) or correct the URL; without one, gameday starts its own.',
          cause,
        },
      )
    case 'timeout':
      return new ToxiproxyError(
        `Could not ${deed}: Toxiproxy at ${url} did not answer within ${timeoutMs} ms.`,
        {
          code: 'TOXIPROXY_TIMEOUT',
          // Up to 2.12, one reader that stalls freezes every control call but /version (facts: Shopify/toxiproxy#558).
          hint: 'It may be frozen behind a connection that nobody reads, a known fault up to version 2.12: restart it, or use 2.13.',
          cause,
        },
      )
    case 'malformed':
      return new ToxiproxyError(
        `Could not ${deed}: what answers at ${url} does not speak Toxiproxy's API${quoted(serverText)}.`,
        {
          code: 'TOXIPROXY_REFUSED',
          hint: 'Check that the URL is that of Toxiproxy’s control port (8474 unless changed), not that of one of its proxies.',
          serverText,
          cause,
        },
      )
    case 'refused':
      return new ToxiproxyError(
        `Could not ${deed}: Toxiproxy at ${url} answered ${status}${quoted(serverText)}.`,
        {
          code: 'TOXIPROXY_REFUSED',
          hint: hintFor(status, serverText),
          status,
          serverText,
          cause,
        },
      )
  }
}

/** Looks below fetch's "fetch failed", which says nothing, to what it wraps. */
function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
}

function quoted(text: string | null): string {
  return text === null ? '' : `: ${text}`
}

function hintFor(status: number | null, text: string | null): string {
  if (text?.includes('address already in use') === true)
    return 'Free that port, or let the kernel choose with port 0.'
  if (text?.includes('cannot assign requested address') === true)
    return 'Listen on an address of the machine that Toxiproxy runs on; 0.0.0.0 in a container.'
  if (status === 409) return 'Something of that name is left over: delete it, after a look at who made it.'
  if (status === 404 && !/(proxy|toxic) not found/.test(text ?? ''))
    return 'That is no Toxiproxy, or one too old to be used: correct the URL, or start a newer one.'
  if (status === 404)
    return 'It is not there (any more): another program may have deleted it, or the server was restarted.'
  if (status === 401)
    return 'The server asks for a token (TOXIPROXY_AUTH_TOKEN), which gameday does not send: start it without one, on a loopback address.'
  if (status === 503)
    return 'It is frozen behind a connection that nobody reads, a known fault up to version 2.12: restart it, or use 2.13.'
  if (status !== null && status >= 300 && status < 400) return 'Give the URL that it redirects to.'
  return 'The text is the server’s own; its log may say more.'
}
