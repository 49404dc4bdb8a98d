/**
 * How many tokens a question will be, before anybody has counted: one for every four bytes of its text in UTF-8, four
 * more for each message, 1600 for an image. It needs no vendor's tokenizer, which would be 30 MB and right for one
 * vendor only. English comes out a little high, other alphabets about right, because they take more bytes a letter.
 */

const BYTES_A_TOKEN = 4
const TOKENS_A_MESSAGE = 4
/** What a large image costs at the dearer of the two vendors. */
const TOKENS_AN_IMAGE = 1600

/** A request's body as JSON, of which nothing is known but that it is an object. */
export type Body = Readonly<Record<string, unknown>>

/** Parts of a body that the model reads beside its messages. */
const READ_BY_MODEL = ['system', 'tools', 'functions', 'response_format'] as const

/** Estimates the tokens of a whole question. */
export function estimateTokens(body: Body): number {
  let tokens = estimateRest(body)
  for (const message of messagesOf(body)) tokens += estimateMessage(message)
  return tokens
}

/** Estimates what every question pays that keeps its instructions and tools, however few messages it has. */
export function estimateRest(body: Body): number {
  return READ_BY_MODEL.reduce((sum, name) => {
    const value = body[name]
    return value === undefined ? sum : sum + toTokens(Buffer.byteLength(JSON.stringify(value)))
  }, 0)
}

/** Estimates one message, whatever it is made of. */
export function estimateMessage(message: unknown): number {
  return TOKENS_A_MESSAGE + toTokens(bytesOf(message))
}

/** The messages of a body; none if it has no list of them. */
export function messagesOf(body: Body): readonly unknown[] {
  return Array.isArray(body['messages']) ? (body['messages'] as unknown[]) : []
}

const toTokens = (bytes: number) => Math.ceil(bytes / BYTES_A_TOKEN)

/**
 * Bytes of all texts in a message. The names of its fields are not told to the model, unlike those of a tool. Walked
 * without a list of its values, because every message of every request is (`decisions/0059`).
 */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value !== 'object' || value === null) return 0
  if (isImage(value)) return TOKENS_AN_IMAGE * BYTES_A_TOKEN
  let bytes = 0
  for (const name in value) bytes += bytesOf((value as Record<string, unknown>)[name])
  return bytes
}

function isImage(value: object): boolean {
  return 'type' in value && (value.type === 'image_url' || value.type === 'image')
}
