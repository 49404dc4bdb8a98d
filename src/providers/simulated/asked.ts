import { messageText, openaiFormat, type ErrorKind } from '../../wire/index.ts'

/** What a simulated provider needs to know of a request that it will answer. */
export interface Asked {
  model: string
  stream: boolean
  includeUsage: boolean
  inputTokens: number
}

/** Why it will not, and which model was asked for. */
export interface Refusal {
  refusal: ErrorKind
  model?: string
}

/** Reads a Chat Completions request as strictly as the vendor does where a router could get it wrong. */
export function readAsked(bodyText: string, models: readonly string[]): Asked | Refusal {
  const body = parsed(bodyText)
  if (body === undefined) return { refusal: 'unparsable-body' }
  const facts = openaiFormat.readRequest(body)
  const { messages } = body
  if (!Array.isArray(messages) || messages.length === 0) return { refusal: 'missing-messages' }
  // A fallback that keeps the first provider's model name is a common way for a failover to fail.
  const model = facts.model ?? ''
  if (!models.includes(model)) return { refusal: 'model-not-found', model }
  return { model, stream: facts.stream, includeUsage: facts.includeUsage, inputTokens: inputTokens(messages) }
}

/** Counts input tokens at four characters each: in a simulation that is not an estimate but the rule. */
function inputTokens(messages: readonly unknown[]): number {
  return messages.reduce((sum: number, message) => sum + Math.ceil(textOf(message).length / 4), 0)
}

function textOf(message: unknown): string {
  return typeof message === 'object' && message !== null && 'content' in message
    ? messageText(message.content)
    : ''
}

function parsed(text: string): { messages?: unknown } | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined
  } catch {
    return undefined
  }
}
