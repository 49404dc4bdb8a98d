import { isObject, objectsIn, textOrNull, type JsonObject } from '../json.ts'

/** How long Anthropic keeps what is written to its prompt cache. */
export type PromptCacheTtl = '5m' | '1h'

/** One block of a request, in the order in which the prompt cache takes them: tools, system, messages. */
export interface PrefixBlock {
  /** All that tells it from another, its breakpoint apart. */
  identity: string
  /** At four characters a token. */
  tokens: number
  /** What is kept up to here; null where no breakpoint stands. */
  breakpoint: PromptCacheTtl | null
}

/** A question of more breakpoints is refused. */
export const MOST_BREAKPOINTS = 4

/**
 * The least tokens of a prefix that is cached, by what the vendor's documentation said in 2026. A shorter one is answered
 * all the same, without an error and at the usual price; so where sources differ it is the lower figure.
 */
const LEAST_TOKENS: readonly [RegExp, number][] = [
  [/(opus|fable|mythos)-5/, 512],
  [/(opus-4-[56]|haiku-4-5)(?!\d)/, 4096],
  [/opus-4-7(?!\d)|haiku-3|3(-5)?-haiku/, 2048],
]
const USUAL_LEAST = 1024

/** The least tokens of a prefix that this model caches. */
export function leastCachedTokens(model: string): number {
  return LEAST_TOKENS.find(([pattern]) => pattern.test(model))?.[1] ?? USUAL_LEAST
}

/** An image counts by its pixels: this is a large one. */
const TOKENS_AN_IMAGE = 1600

/** Lists the blocks of a Messages request in the cache's order. A tool that is loaded later is in no prefix. */
export function prefixBlocks(body: JsonObject): PrefixBlock[] {
  const blocks = [
    ...stableTools(body).map((tool) => blockOf('tool', tool)),
    ...contentBlocks(body['system']).map((block) => blockOf('system', block)),
    ...objectsIn(body['messages']).flatMap(({ role, content }) =>
      contentBlocks(content).map((block) => blockOf(String(role), block)),
    ),
  ]
  // At the top of a request it stands for one on the last block.
  const last = blocks.at(-1)
  if (last !== undefined) last.breakpoint ??= ttlOf(body['cache_control'])
  return blocks
}

/**
 * Places breakpoints on what a question shares with the next one: on the last tool, and on the end of the system text,
 * where the prefix up to there is long enough to be cached. Null where there is none to place, as where the caller has
 * placed its own: whoever did knows its prompts.
 */
export function withBreakpoints(body: JsonObject, ttl: PromptCacheTtl): JsonObject | null {
  const [tools, system] = [stableTools(body), contentBlocks(body['system'])]
  if (JSON.stringify(body).includes('"cache_control"')) return null
  const least = leastCachedTokens(textOrNull(body['model']) ?? '')
  const ofTools = sumOf(tools)
  const marked: JsonObject = {}
  const lastTool = tools.at(-1)
  if (lastTool !== undefined && ofTools >= least)
    marked['tools'] = rawList(body['tools']).map((tool) => (tool === lastTool ? mark(lastTool, ttl) : tool))
  const end = system.at(-1)
  // An empty text cannot bear one.
  if (end !== undefined && textOrNull(end['text']) !== null && ofTools + sumOf(system) >= least)
    marked['system'] = [...rawList(body['system']).slice(0, -1), mark(end, ttl)]
  return Object.keys(marked).length === 0 ? null : { ...body, ...marked }
}

/** A Messages request without its breakpoints: they change what it costs, and not what is asked. */
export function withoutBreakpoints({ cache_control: _, ...body }: JsonObject): JsonObject {
  return {
    ...body,
    ...(Array.isArray(body['tools']) ? { tools: body['tools'].map(unmarked) } : {}),
    ...(Array.isArray(body['system']) ? { system: body['system'].map(unmarked) } : {}),
    ...(Array.isArray(body['messages']) ? { messages: body['messages'].map(unmarkedMessage) } : {}),
  }
}

function unmarkedMessage(message: unknown): unknown {
  if (!isObject(message) || !Array.isArray(message['content'])) return message
  return { ...message, content: message['content'].map(unmarked) }
}

function unmarked(block: unknown): unknown {
  if (!isObject(block)) return block
  const { cache_control: _, ...rest } = block
  return rest
}

function mark(block: JsonObject, ttl: PromptCacheTtl): JsonObject {
  return { ...block, cache_control: { type: 'ephemeral', ...(ttl === '5m' ? {} : { ttl }) } }
}

function stableTools(body: JsonObject): JsonObject[] {
  return objectsIn(body['tools']).filter((tool) => tool['defer_loading'] !== true)
}

const rawList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Content as blocks: a bare text is one. */
function contentBlocks(content: unknown): JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)
}

function blockOf(place: string, { cache_control: control, ...block }: JsonObject): PrefixBlock {
  return {
    identity: `${place} ${JSON.stringify(block)}`,
    tokens: tokensOf(block),
    breakpoint: ttlOf(control),
  }
}

function ttlOf(control: unknown): PromptCacheTtl | null {
  if (!isObject(control) || control['type'] !== 'ephemeral') return null
  return control['ttl'] === '1h' ? '1h' : '5m'
}

const sumOf = (blocks: readonly JsonObject[]) => blocks.reduce((sum, block) => sum + tokensOf(block), 0)

function tokensOf(block: JsonObject): number {
  if (block['type'] === 'image') return TOKENS_AN_IMAGE
  const text = block['type'] === 'text' ? (textOrNull(block['text']) ?? '') : JSON.stringify(block)
  return Math.ceil(text.length / 4)
}
