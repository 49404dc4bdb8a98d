import { classifyError } from '../classify.ts'
import type { WireFormat } from '../format.ts'
import { isObject } from '../json.ts'
import { readOpenaiAnswer } from './answer.ts'
import { openaiErrorAnswer, openaiErrorBody } from './errors.ts'
import { readOpenaiRequest } from './request.ts'
import { openaiErrorEvent, openaiIdleEvent, withoutOpenaiContent } from './shaping.ts'
import { openaiStreamReader } from './stream.ts'
import { openaiUsage } from './usage.ts'

/** OpenAI's Chat Completions, plain and streamed. */
export const openaiFormat: WireFormat = {
  id: 'openai',
  keyHeader: { name: 'authorization', prefix: 'Bearer ' },
  otherKeyHeaders: [],
  chatPath: '/chat/completions',
  requiredHeaders: {},
  ownHeaders: [],
  idPrefix: 'chatcmpl-',
  requestIdHeader: 'x-request-id',
  overloadedStatus: 503,
  readRequest: readOpenaiRequest,
  readUsage: (body) => openaiUsage(isObject(body) ? body['usage'] : null),
  classify: classifyError,
  readAnswer: readOpenaiAnswer,
  streamReader: openaiStreamReader,
  errorAnswer: openaiErrorAnswer,
  errorBody: openaiErrorBody,
  errorEvent: openaiErrorEvent,
  idleEvent: openaiIdleEvent,
  withoutContent: withoutOpenaiContent,
  // The vendor finds out by itself what repeats.
  withBreakpoints: null,
}
