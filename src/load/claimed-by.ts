import type { IncomingHttpHeaders } from 'node:http'

/** Headers in which routers say who served, the first present one wins: gameday's own, LiteLLM's, Portkey's. */
const HEADERS = ['x-gameday-served-by', 'x-litellm-model-id', 'x-portkey-provider'] as const

/** Longest claim that is kept: a router names a provider or hashes one, it does not tell stories. */
const LONGEST = 100

/** Reads who the router says served; null if it does not say. A cross-check only: the answer's tag decides. */
export function claimedBy(headers: IncomingHttpHeaders): string | null {
  for (const name of HEADERS) {
    const value = [headers[name]].flat()[0]
    if (value !== undefined && value !== '') return value.slice(0, LONGEST)
  }
  return null
}
