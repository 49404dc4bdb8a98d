import type { RequestFacts } from '../format.ts'
import { isObject, objectsIn, textOrNull } from '../json.ts'

/** Reads a Chat Completions request. */
export function readOpenaiRequest(body: unknown): RequestFacts {
  if (!isObject(body))
    return { model: null, stream: false, includeUsage: false, lastUserText: '', user: null }
  const options = body['stream_options']
  const lastUser = objectsIn(body['messages']).findLast((message) => message['role'] === 'user')
  return {
    model: textOrNull(body['model']),
    stream: body['stream'] === true,
    includeUsage: isObject(options) && options['include_usage'] === true,
    lastUserText: messageText(lastUser?.['content']),
    user: textOrNull(body['user']),
  }
}

/** The text of a message, whose content is a string or a list of parts of which some are text. */
export function messageText(content: unknown): string {
  if (typeof content === 'string') return content
  return objectsIn(content)
    .map((part) => part['text'])
    .filter((text) => typeof text === 'string')
    .join('\n')
}
