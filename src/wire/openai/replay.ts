import { isObject, objectsIn, parseJson, type JsonObject } from '../json.ts'
import { inPieces } from '../pieces.ts'

/**
 * Plays a plain answer as the events of a stream, all at once: role, texts in pieces, calls of tools, finish reason,
 * usage if the caller asked for it, and the end marker.
 */
export function openaiReplay(body: string, includeUsage: boolean): string | null {
  const answer = parseJson(body)
  if (!isObject(answer)) return null
  const { id, created, model, usage } = answer
  const head = { id, object: 'chat.completion.chunk', created, model }
  const event = (choices: unknown[], rest: object) =>
    `data: ${JSON.stringify({ ...head, choices, ...rest })}\n\n`
  const unused = includeUsage ? { usage: null } : {}

  const events = objectsIn(answer['choices']).flatMap(({ index = 0, message, finish_reason }) => {
    const one = (delta: object, reason: unknown = null) =>
      event([{ index, delta, finish_reason: reason }], unused)
    return [...deltasOf(isObject(message) ? message : {}).map((delta) => one(delta)), one({}, finish_reason)]
  })
  const counted = includeUsage && isObject(usage) ? [event([], { usage })] : []
  return [...events, ...counted, 'data: [DONE]\n\n'].join('')
}

function deltasOf({ role, tool_calls, ...texts }: JsonObject): object[] {
  const pieces = Object.entries(texts).flatMap(([name, text]) =>
    inPieces(text).map((piece) => ({ [name]: piece })),
  )
  const calls = objectsIn(tool_calls).map((call, index) => ({ tool_calls: [{ index, ...call }] }))
  return [{ role: role ?? 'assistant', content: '' }, ...pieces, ...calls]
}
