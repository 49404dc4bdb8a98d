import { objectsIn, textOrNull, type JsonObject } from '../json.ts'

/** The text of a message, whose content is a string or a list of blocks of which some are text. */
export function textIn(content: unknown): string {
  if (typeof content === 'string') return content
  return objectsIn(content).map(textOfBlock).filter(Boolean).join('\n')
}

/** The text of one block; empty if it has none. */
export function textOfBlock(block: JsonObject): string {
  return block['type'] === 'text' ? (textOrNull(block['text']) ?? '') : ''
}

/** Whether a block is content: text, or a call of a tool. Thoughts are not. */
export function isContent(block: JsonObject): boolean {
  return textOfBlock(block) !== '' || isToolCall(block)
}

/** Whether a block calls a tool, the caller's or one of the vendor's own. */
export function isToolCall({ type }: JsonObject): boolean {
  return type === 'tool_use' || type === 'server_tool_use'
}
