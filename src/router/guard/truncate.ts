import { estimateMessage, estimateRest, messagesOf, type Body } from './estimate.ts'

/**
 * Leaves out the oldest turns of a conversation until it is estimated at no more than `most` tokens. A turn is a user's
 * message with all that follows it up to the next one, so that no tool's result loses its call. System text is kept
 * wherever it stands, and so is the last turn.
 *
 * @returns null if even system text and last turn alone are too many
 */
export function truncate(body: Body, most: number): Body | null {
  const messages = messagesOf(body)
  const kept = new Set(messages.filter(isInstruction))
  let left = most - estimateRest(body) - sumOf([...kept])
  const instructions = kept.size
  for (const turn of turnsOf(messages).toReversed()) {
    left -= sumOf(turn)
    if (left < 0) break
    for (const message of turn) kept.add(message)
  }
  return kept.size === instructions ? null : { ...body, messages: messages.filter((one) => kept.has(one)) }
}

function turnsOf(messages: readonly unknown[]): unknown[][] {
  const turns: unknown[][] = []
  for (const message of messages) {
    if (isInstruction(message)) continue
    const turn = turns.at(-1)
    if (turn === undefined || isUsersWord(message)) turns.push([message])
    else turn.push(message)
  }
  return turns
}

function sumOf(messages: readonly unknown[]): number {
  return messages.reduce<number>((sum, message) => sum + estimateMessage(message), 0)
}

function roleOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'role' in message ? message.role : null
}

function isInstruction(message: unknown): boolean {
  const role = roleOf(message)
  return role === 'system' || role === 'developer'
}

/** Whether a message is a person's. Anthropic's tool results come in the user's name as well. */
function isUsersWord(message: unknown): boolean {
  if (roleOf(message) !== 'user') return false
  const { content } = message as { content?: unknown }
  return !Array.isArray(content) || !content.some((part: unknown) => isToolResult(part))
}

function isToolResult(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'type' in part && part.type === 'tool_result'
}
