import { createHash } from 'node:crypto'
import type { FormatId } from '../../base/index.ts'
import { withoutBreakpoints, withoutMarker } from '../../wire/index.ts'

/**
 * Which requests are the same question. Part of every key: whoever changes what follows raises it, and answers kept
 * under older rules are found no more.
 */
const NORMALIZATION = 1

/** What changes the way of delivery, or who is billed, but not what is asked. */
const NOT_ASKED: Record<FormatId, ReadonlySet<string>> = {
  openai: new Set([
    'stream',
    'stream_options',
    'user',
    'metadata',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_retention',
    'store',
    'service_tier',
  ]),
  anthropic: new Set(['stream', 'metadata', 'service_tier', 'diagnostics']),
}

/** Asked for, but nothing that a kept answer could hold. */
const NOT_KEPT = ['logprobs', 'audio', 'background']

/** What is asked, and by whom. */
export interface KeyParts {
  format: FormatId
  tenant: string | null
  body: object
  /** Headers that mean something in the format, such as those of features in trial. */
  said?: readonly unknown[]
}

/**
 * Makes the key under which the answer to a request is kept: a hash of format, tenant and everything that was asked. Null
 * for a request that is not one to keep.
 *
 * Two requests are the same if they differ in the order of their fields, in white space at the ends of lines and texts,
 * in line breaks, in how a letter with an accent is composed, in a text being one part or a bare string, or in the
 * breakpoints of a vendor's prompt cache. Everything else, white space within a line too, makes another question. One in
 * another format is another one as well: its answer has to be in other words.
 */
export function keyOf({ format, tenant, body, said = [] }: KeyParts): string | null {
  const fields = Object.entries(format === 'anthropic' ? withoutBreakpoints({ ...body }) : body)
  if (
    NOT_KEPT.some((name) =>
      fields.some(([field, value]) => field === name && value !== false && value !== null),
    )
  )
    return null
  const asked = fields.filter(([name]) => !NOT_ASKED[format].has(name))
  const text = JSON.stringify([NORMALIZATION, format, tenant, sorted(asked), ...said])
  return createHash('sha256').update(text).digest('hex')
}

function normalize(value: unknown): unknown {
  if (typeof value === 'string') return normalizeText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return loneText(value) ?? value.map(normalize)
  return sorted(Object.entries(value))
}

function sorted(fields: [string, unknown][]): [string, unknown][] {
  return fields
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]): [string, unknown] => [name, normalize(value)])
}

function normalizeText(text: string): string {
  return withoutMarker(text.trimEnd())
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+$/gm, '')
    .trim()
}

/** The text of a list that holds one part of text and nothing else; null for any other list. */
function loneText(list: unknown[]): unknown {
  const [part] = list
  if (list.length !== 1 || typeof part !== 'object' || part === null) return null
  const names = Object.keys(part)
  const isText = names.length === 2 && 'type' in part && part.type === 'text' && 'text' in part
  return isText && typeof part.text === 'string' ? normalizeText(part.text) : null
}
