import {
  anthropicFormat,
  messageText,
  MOST_BREAKPOINTS,
  openaiFormat,
  prefixBlocks,
  type ErrorKind,
  type PrefixBlock,
} from '../../wire/index.ts'

/** What a simulated provider needs to know of a request that it will answer. */
export interface Asked {
  model: string
  stream: boolean
  includeUsage: boolean
  inputTokens: number
  /** The question as the vendor's prompt cache takes it; empty where no breakpoint asks for that. */
  prefix: readonly PrefixBlock[]
}

/** Why it will not. */
export interface Refusal {
  refusal: ErrorKind
  /** What is missing, where something is. */
  parameter?: string
  /** How many breakpoints there are, where there are too many. */
  breakpoints?: number
}

/** Tells a refusal from a request that can be answered. */
export function isRefusal(read: Asked | Refusal): read is Refusal {
  return 'refusal' in read
}

/**
 * Reads a Chat Completions request as strictly as the vendor does where a router could get it wrong. That its model is
 * another provider's is a common way for a failover to fail, and is looked at by the provider.
 */
export function readOpenaiAsked(bodyText: string): Asked | Refusal {
  const body = parsed(bodyText)
  if (body === undefined) return { refusal: 'unparsable-body' }
  const { messages } = body
  if (!Array.isArray(messages) || messages.length === 0) return missing('messages')
  const { model, stream, includeUsage } = openaiFormat.readRequest(body)
  const tokens = inputTokens(messages.map(contentOf))
  return { model: model ?? '', stream, includeUsage, inputTokens: tokens, prefix: [] }
}

/** Reads a Messages request as strictly as the vendor: it insists on a version, and on a limit to the answer. */
export function readAnthropicAsked(bodyText: string, headers: Headers): Asked | Refusal {
  if (!headers.has('anthropic-version')) return missing('anthropic-version')
  const body = parsed(bodyText)
  if (body === undefined) return { refusal: 'unparsable-body' }
  const { messages } = body
  if (!Number.isInteger(body['max_tokens'])) return missing('max_tokens')
  if (!Array.isArray(messages) || messages.length === 0) return missing('messages')
  const { model, stream, includeUsage } = anthropicFormat.readRequest(body)
  const blocks = prefixBlocks(body)
  const breakpoints = blocks.filter(({ breakpoint }) => breakpoint !== null).length
  if (breakpoints > MOST_BREAKPOINTS) return { refusal: 'too-many-breakpoints', breakpoints }
  const tokens = blocks.reduce((sum, block) => sum + block.tokens, 0)
  const prefix = breakpoints === 0 ? [] : blocks
  return { model: model ?? '', stream, includeUsage, inputTokens: tokens, prefix }
}

function missing(parameter: string): Refusal {
  return { refusal: 'missing-parameter', parameter }
}

/** Counts input tokens at four characters each: in a simulation that is not an estimate but the rule. */
function inputTokens(contents: readonly unknown[]): number {
  return contents.reduce((sum: number, content) => sum + Math.ceil(messageText(content).length / 4), 0)
}

function contentOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'content' in message ? message.content : ''
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
