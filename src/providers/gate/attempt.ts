import type { ProviderRole } from '../../base/index.ts'
import type { Attempt } from '../../record/index.ts'
import { findMarker, laneOf, type Marker, type UsageFacts, type WireFormat } from '../../wire/index.ts'

/** Begins the record of an attempt, of which no more is known than that it came. */
export function openAttempt(known: {
  provider: ProviderRole
  tag: string
  key: string
  startMs: number
}): Attempt {
  return {
    requestId: null,
    runTag: null,
    lane: null,
    model: null,
    firstByteMs: null,
    endMs: null,
    status: null,
    failure: null,
    code: null,
    fault: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    hungUp: false,
    ...known,
  }
}

/** What the vendor's prompt cache did, where it did anything. */
export function cachedIn(
  usage: Pick<UsageFacts, 'cacheReadTokens' | 'cacheWriteTokens' | 'cacheWrite1hTokens'>,
): Pick<Attempt, 'cacheReadTokens' | 'cacheWriteTokens' | 'cacheWrite1hTokens'> {
  const { cacheReadTokens: read, cacheWriteTokens: written, cacheWrite1hTokens: for1h } = usage
  return {
    ...(read ? { cacheReadTokens: read } : {}),
    ...(written ? { cacheWriteTokens: written } : {}),
    ...(for1h ? { cacheWrite1hTokens: for1h } : {}),
  }
}

/** Notes what a request's body says: its model and its marker. */
export function noteRequest(attempt: Attempt, format: WireFormat, bodyText: string): void {
  const { model, marker } = readAsked(format, bodyText)
  attempt.model = model
  if (marker === null) return
  attempt.requestId = marker.requestId
  attempt.runTag = marker.runTag
  attempt.lane = laneOf(marker.requestId)
}

/** Reads the model and the marker of a request. The text decides, since routers drop `user`. */
export function readAsked(
  format: WireFormat,
  bodyText: string,
): { model: string | null; marker: Marker | null } {
  const { model, lastUserText, user } = format.readRequest(parsed(bodyText))
  return { model, marker: findMarker(lastUserText) ?? findMarker(user ?? '') }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
