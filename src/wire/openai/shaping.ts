import { isObject, objectsIn, parseJson } from '../json.ts'
import type { AnswerHead } from '../writer.ts'
import { openaiChunks } from './build.ts'

/** What it takes to shape an answer that somebody else has made. */

/** An error as the vendor puts it into a stream: the body of an error answer, on one line. */
export function openaiErrorEvent(body: string): string {
  return `\ndata: ${body.replaceAll(/\s*\n\s*/g, ' ')}\n\n`
}

/** The chunk that begins every stream: a role and no content. Some send it again and again while they have nothing to say. */
export function openaiIdleEvent(head: AnswerHead): string {
  return openaiChunks(head, false).role()
}

/** Takes text and tool calls out of every choice. The usage stays: an empty 200 is billed like any other. */
export function withoutOpenaiContent(bodyText: string): string {
  const body = parseJson(bodyText)
  if (!isObject(body) || !Array.isArray(body['choices'])) return bodyText
  const choices = objectsIn(body['choices']).map((choice) => ({
    ...choice,
    message: { role: 'assistant', content: '' },
  }))
  return JSON.stringify({ ...body, choices })
}
