import { classifyError } from '../classify.ts'
import type { WireFormat } from '../format.ts'
import { isObject } from '../json.ts'
import { readAnthropicAnswer } from './answer.ts'
import { anthropicErrorAnswer, anthropicErrorBody } from './errors.ts'
import { withBreakpoints } from './prompt-cache.ts'
import { readAnthropicRequest } from './request.ts'
import { anthropicErrorEvent, anthropicPing, withoutAnthropicContent } from './shaping.ts'
import { anthropicStreamReader } from './stream.ts'
import { anthropicUsage } from './usage.ts'

/** Anthropic's Messages, plain and streamed. */
export const anthropicFormat: WireFormat = {
  id: 'anthropic',
  keyHeader: { name: 'x-api-key', prefix: '' },
  // Its own package sends an API key as a bearer token (@anthropic-ai/sdk 1.11.0), others the header above.
  otherKeyHeaders: [{ name: 'authorization', prefix: 'Bearer ' }],
  chatPath: '/messages',
  requiredHeaders: { 'anthropic-version': '2023-06-01' },
  ownHeaders: ['anthropic-version', 'anthropic-beta'],
  idPrefix: 'msg_',
  requestIdHeader: 'request-id',
  overloadedStatus: 529,
  readRequest: readAnthropicRequest,
  readUsage: (body) => anthropicUsage(isObject(body) ? body['usage'] : null),
  classify: classifyError,
  readAnswer: readAnthropicAnswer,
  streamReader: anthropicStreamReader,
  errorAnswer: anthropicErrorAnswer,
  errorBody: anthropicErrorBody,
  errorEvent: anthropicErrorEvent,
  idleEvent: anthropicPing,
  withoutContent: withoutAnthropicContent,
  withBreakpoints,
}
