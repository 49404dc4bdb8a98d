import type { IncomingHttpHeaders } from 'node:http'

/** On whose behalf a request is made. */
export interface Tags {
  tenant: string | null
  feature: string | null
}

/** Longer ones are cut: a tag is a name by which people sum up, and a log of millions keeps each of them. */
const LONGEST = 100
const NOT_PRINTABLE = /\p{C}/gu

/** Reads tenant and feature from the headers `x-gameday-tenant` and `x-gameday-feature`, else from the body's `metadata`. */
export function tagsOf(headers: IncomingHttpHeaders, body: object): Tags {
  const metadata = 'metadata' in body && typeof body.metadata === 'object' ? body.metadata : null
  const one = (name: 'tenant' | 'feature') =>
    tag(headers[`x-gameday-${name}`]) ?? tag((metadata as Record<string, unknown> | null)?.[name])
  return { tenant: one('tenant'), feature: one('feature') }
}

function tag(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value.slice(0, LONGEST).replace(NOT_PRINTABLE, '').trim()
  return text === '' ? null : text
}
