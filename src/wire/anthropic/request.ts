import type { RequestFacts } from '../format.ts'
import { isObject, objectsIn, textOrNull } from '../json.ts'
import { textIn } from './blocks.ts'

/** Reads a Messages request. A user's message may hold tools' results alone: the marker stands in the last one with text. */
export function readAnthropicRequest(body: unknown): RequestFacts {
  if (!isObject(body))
    return { model: null, stream: false, includeUsage: false, lastUserText: '', user: null }
  const { metadata } = body
  const stream = body['stream'] === true
  const texts = objectsIn(body['messages'])
    .filter((message) => message['role'] === 'user')
    .map((message) => textIn(message['content']))
  return {
    model: textOrNull(body['model']),
    stream,
    // There is nothing to ask for: every stream states its tokens.
    includeUsage: stream,
    lastUserText: texts.findLast((text) => text !== '') ?? '',
    user: isObject(metadata) ? textOrNull(metadata['user_id']) : null,
  }
}
