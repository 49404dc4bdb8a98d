import { classifyError } from '../classify.ts'
import type { WireFormat } from '../format.ts'
import { readOpenaiAnswer } from './answer.ts'
import { openaiErrorAnswer } from './errors.ts'
import { readOpenaiRequest } from './request.ts'
import { openaiErrorEvent, openaiIdleEvent, withoutOpenaiContent } from './shaping.ts'
import { openaiStreamReader } from './stream.ts'

/** OpenAI's Chat Completions, plain and streamed. */
export const openaiFormat: WireFormat = {
  id: 'openai',
  keyHeader: { name: 'authorization', prefix: 'Bearer ' },
  readRequest: readOpenaiRequest,
  classify: classifyError,
  readAnswer: readOpenaiAnswer,
  streamReader: openaiStreamReader,
  errorAnswer: openaiErrorAnswer,
  errorEvent: openaiErrorEvent,
  idleEvent: openaiIdleEvent,
  withoutContent: withoutOpenaiContent,
}
