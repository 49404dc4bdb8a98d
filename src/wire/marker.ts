import { createHash } from 'node:crypto'
import type { Lane } from '../base/index.ts'

/**
 * How a request and the attempt that served it are told apart, whatever router stands between.
 *
 * The request carries its marker at the end of its last user message, because routers are known to drop or overwrite
 * `user` and headers while the text arrives. The answer carries the attempt's tag in its `id` and, where the provider
 * is simulated, at the end of its text, because a router may put an `id` of its own there.
 */
export interface Marker {
  /** Which run the request belongs to. */
  runTag: string
  /** `m12` of the main lane, `c3` of the control lane, `p1` a probe of gameday's own. */
  requestId: string
  /** Whose request it is, by `tenantMark`: the gate can tell tenants apart, and no customer's name goes to a provider. */
  tenant?: string
}

const MARKER = /^\[gd:([^\s:[\]]{1,64}):([^\s:[\]]{1,64})(?::([0-9a-f]{8}))?\]/
const TAG = /^\[by:([^\s[\]]{1,128})\]/

/** Writes a marker the way it stands in the text, for places that carry nothing else, such as `user`. */
export function markerText({ runTag, requestId, tenant }: Marker): string {
  return `[gd:${runTag}:${requestId}${tenant === undefined ? '' : `:${tenant}`}]`
}

/** Makes of a tenant's name what its markers carry: the same throughout a run, and another one in the next. */
export function tenantMark(runTag: string, tenant: string): string {
  return createHash('sha256').update(`${runTag} ${tenant}`).digest('hex').slice(0, 8)
}

/** Appends the marker to a prompt's text, on a line of its own. */
export function withMarker(text: string, marker: Marker): string {
  return `${text}\n${markerText(marker)}`
}

/** The text without the marker at its end, which is not a part of what was asked. */
export function withoutMarker(text: string): string {
  const at = text.lastIndexOf('[gd:')
  return at !== -1 && MARKER.exec(text.slice(at))?.[0].length === text.length - at ? text.slice(0, at) : text
}

/** Finds the last marker in a text; null if there is none. */
export function findMarker(text: string): Marker | null {
  const match = lastMatch(text, '[gd:', MARKER)
  if (match === null) return null
  const [, runTag, requestId, tenant] = match
  return { runTag: runTag!, requestId: requestId!, ...(tenant === undefined ? {} : { tenant }) }
}

/** Tells the lane from a request id; null for a probe of gameday's own and for anything else. */
export function laneOf(requestId: string): Lane | null {
  if (/^m\d+$/.test(requestId)) return 'main'
  return /^c\d+$/.test(requestId) ? 'control' : null
}

/** Writes an attempt's tag the way a simulated answer's text ends with it. */
export function tagText(tag: string): string {
  return ` [by:${tag}]`
}

/** Finds the last attempt's tag in an answer's text; null if there is none. */
export function tagInText(text: string): string | null {
  return lastMatch(text, '[by:', TAG)?.[1] ?? null
}

/** Looks from the end, so that a long text costs no more than its tail. */
function lastMatch(text: string, opening: string, pattern: RegExp): RegExpExecArray | null {
  for (
    let at = text.lastIndexOf(opening);
    at !== -1;
    at = at === 0 ? -1 : text.lastIndexOf(opening, at - 1)
  ) {
    const match = pattern.exec(text.slice(at, at + 200))
    if (match !== null) return match
  }
  return null
}
