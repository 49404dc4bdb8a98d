import type { FormatId } from '../../src/base/index.ts'

/** What the body of an answer says to a client. */
export interface Said {
  /** All text of the answer. */
  text: string
  /** All that was written of the arguments of tools. */
  calls: string
  /** A tool is called, with arguments or without. */
  called: boolean
  /** A finish reason came, and with it everything that the answer is to hold. */
  finished: boolean
  /** The terminal marker came. */
  marker: boolean
  /** It says that something went wrong. */
  error: string | null
  /** Something in it is not of its format: a strict client throws. */
  unreadable: boolean
}

/** Whether a client can take it for an answer: with content, to its end, and nothing wrong in it. */
export function isWhole({ text, called, finished, error, unreadable }: Said): boolean {
  return (text !== '' || called) && finished && error === null && !unreadable
}

/** The same content, whoever wrote it down: a tool without arguments is called with `{}` or with nothing. */
export function sameContent(one: Said, other: Said): boolean {
  return one.text === other.text && argumentsOf(one) === argumentsOf(other)
}

/** Reads a body by rules of its own, so that the product's readers can be held against it. */
export function saidBy(format: FormatId, stream: boolean, body: Uint8Array): Said {
  const said: Said = {
    text: '',
    calls: '',
    called: false,
    finished: false,
    marker: false,
    error: null,
    unreadable: false,
  }
  const text = new TextDecoder().decode(body)
  const read = format === 'openai' ? readOpenai : readAnthropic
  if (!stream) {
    const json = parsed(text)
    if (isRecord(json)) read(said, json, 'message')
    else said.unreadable = true
    return said
  }
  for (const { event, data } of eventsOf(text)) {
    // Clients read no further.
    if (said.marker) break
    if (format === 'openai' && data.startsWith('[DONE]')) said.marker = true
    else if (data !== '' && event !== 'ping') {
      const json = parsed(data)
      if (event === 'error') said.error ??= data
      if (isRecord(json)) read(said, json, 'delta')
      else if (event !== 'error') said.unreadable = true
    }
  }
  return said
}

/** Cuts a whole body into events, by the letter of the standard. What no blank line ends is no event. */
function eventsOf(text: string): { event: string; data: string }[] {
  const events: { event: string; data: string }[] = []
  let [event, data]: [string, string[]] = ['', []]
  // A CR at the very end may be half of a CRLF, and nothing follows that could tell.
  const lines = text.replace(/\r$/, '').split(/\r\n|\r|\n/)
  for (const line of lines.slice(0, -1)) {
    const [field, value] = split(line)
    if (line === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') })
      ;[event, data] = ['', []]
    } else if (field === 'data') data.push(value)
    else if (field === 'event') event = value
  }
  return events
}

function split(line: string): [string, string] {
  const colon = line.indexOf(':')
  if (colon === -1) return [line, '']
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
}

function readOpenai(said: Said, body: JsonRecord, part: 'message' | 'delta'): void {
  readError(said, body)
  if (said.error !== null) return
  if (part === 'message' && !Array.isArray(body['choices'])) said.unreadable = true
  for (const choice of records(body['choices'])) {
    const { finish_reason: reason } = choice
    if (reason === 'error') said.error ??= 'finish_reason error'
    else if (typeof reason === 'string' && reason !== '') said.finished = true
    const piece = choice[part]
    if (!isRecord(piece)) continue
    const own = textOf(piece['content'])
    said.text += own === '' ? textOf(piece['refusal']) : own
    for (const { function: called } of records(piece['tool_calls'])) {
      said.called = true
      if (isRecord(called)) said.calls += textOf(called['arguments'])
    }
  }
}

function readAnthropic(said: Said, body: JsonRecord, part: 'message' | 'delta'): void {
  readError(said, body)
  if (said.error !== null) return
  if (part === 'message') {
    if (!Array.isArray(body['content'])) said.unreadable = true
    for (const block of records(body['content'])) {
      if (block['type'] === 'text') said.text += textOf(block['text'])
      else if (block['type'] === 'tool_use') {
        said.called = true
        said.calls += written(block['input'] ?? {})
      }
    }
    if (textOf(body['stop_reason']) !== '') said.finished = true
    return
  }
  const { type, delta, content_block: block } = body
  if (type === 'message_stop') said.marker = true
  if (type === 'content_block_start' && isRecord(block)) {
    if (block['type'] === 'text') said.text += textOf(block['text'])
    said.called ||= block['type'] === 'tool_use'
  }
  if (!isRecord(delta)) return
  if (type === 'content_block_delta' && delta['type'] === 'text_delta') said.text += textOf(delta['text'])
  if (type === 'content_block_delta' && delta['type'] === 'input_json_delta')
    said.calls += textOf(delta['partial_json'])
  if (type === 'message_delta' && textOf(delta['stop_reason']) !== '') said.finished = true
}

function readError(said: Said, { type, error }: JsonRecord): void {
  if (isRecord(error) || textOf(error) !== '' || type === 'error')
    said.error ??= JSON.stringify(error ?? type)
}

/** What is nested too deep to be written down is no answer either. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}

const argumentsOf = ({ calls }: Said) => calls.replaceAll('{}', '')

type JsonRecord = Record<string, unknown>

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function records(value: unknown): JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** A text, or the texts of a list of parts. */
function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : records(value)
        .map(({ text }) => textOf(text))
        .join('')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
