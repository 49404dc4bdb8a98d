import { isObject, parseJson } from '../json.ts'
import { anthropicEvent } from './build.ts'

/** What it takes to shape an answer that somebody else has made. */

/** An error as the vendor puts it into a stream. */
export function anthropicErrorEvent(body: string): string {
  return `\nevent: error\ndata: ${body.replaceAll(/\s*\n\s*/g, ' ')}\n\n`
}

/** The ping that the vendor sends while it has nothing to say. */
export function anthropicPing(): string {
  return anthropicEvent({ type: 'ping' })
}

/** Takes every block out of an answer. The usage stays: an empty 200 is billed like any other. */
export function withoutAnthropicContent(bodyText: string): string {
  const body = parseJson(bodyText)
  if (!isObject(body) || !Array.isArray(body['content'])) return bodyText
  return JSON.stringify({ ...body, content: [] })
}
