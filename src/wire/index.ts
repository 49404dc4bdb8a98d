export { findMarker, laneOf, markerText, tagInText, tagText, withMarker, withoutMarker } from './marker.ts'
export { ERROR_KINDS } from './format.ts'
export type {
  AnswerFacts,
  ErrorAnswer,
  ErrorDetails,
  ErrorKind,
  StreamEvent,
  StreamReader,
  WireError,
  WireFormat,
} from './format.ts'
export { formatOf } from './formats.ts'
export { openaiFormat } from './openai/format.ts'
export { messageText } from './openai/request.ts'
export {
  openaiChunks,
  openaiCompletion,
  openaiHeaders,
  openaiModels,
  type AnswerHead,
  type ChunkWriter,
} from './openai/build.ts'
export { openaiReplay } from './openai/replay.ts'
export { openaiWhole } from './openai/whole.ts'
export { HOP_BY_HOP } from './hop-by-hop.ts'
