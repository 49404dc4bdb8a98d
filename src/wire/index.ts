export {
  findMarker,
  laneOf,
  markerText,
  tagInText,
  tagText,
  tenantMark,
  withMarker,
  withoutMarker,
  type Marker,
} from './marker.ts'
export { ERROR_KINDS } from './format.ts'
export type {
  AnswerFacts,
  EnvelopedError,
  ErrorAnswer,
  ErrorDetails,
  ErrorKind,
  StreamEvent,
  StreamReader,
  UsageFacts,
  WireError,
  WireFormat,
} from './format.ts'
export { formatOf } from './formats.ts'
export { isObject, parseJson } from './json.ts'
export { keyIn } from './key.ts'
export { anthropicFormat } from './anthropic/format.ts'
export {
  leastCachedTokens,
  MOST_BREAKPOINTS,
  prefixBlocks,
  type PrefixBlock,
  type PromptCacheTtl,
  withoutBreakpoints,
} from './anthropic/prompt-cache.ts'
export { anthropicEvents, anthropicHeaders, anthropicMessage, anthropicModels } from './anthropic/build.ts'
export { anthropicReplay, isPlayable } from './anthropic/replay.ts'
export { anthropicWhole } from './anthropic/whole.ts'
export { openaiFormat } from './openai/format.ts'
export { messageText } from './openai/request.ts'
export { openaiChunks, openaiCompletion, openaiHeaders, openaiModels } from './openai/build.ts'
export { openaiReplay } from './openai/replay.ts'
export { openaiWhole } from './openai/whole.ts'
export type { AnswerHead, ChunkWriter, TokenCount } from './writer.ts'
export { HOP_BY_HOP } from './hop-by-hop.ts'
export { envelopeFor } from './translate/error.ts'
export type { StreamTranslator } from './translate/stream.ts'
export { translationBetween, type Translation } from './translate/translation.ts'
