import { emitKeypressEvents } from 'node:readline'
import { PassThrough } from 'node:stream'

/** How long a lone ESC waits for the rest of an arrow key, in milliseconds: 500 are Node's, and feel broken. */
const ESCAPE_MS = 100
const ESCAPE = '\u001B'
const ESCAPES = new RegExp(`^${ESCAPE}+`)
/** A paste that pauses for so long has lost its end; it must not deafen the keyboard. In milliseconds. */
const PASTE_PAUSE_MS = 1000

/** A key as Node decodes it. */
export interface Key {
  name?: string | undefined
  ctrl?: boolean | undefined
  meta?: boolean | undefined
  sequence?: string | undefined
}

/** Whoever is told of what is typed. */
export interface KeyHearer {
  /** `text` is what the key writes; undefined for those that write nothing. */
  key(text: string | undefined, key: Key): void
  /** What was pasted, in one piece. */
  paste(text: string): void
  /** There is nobody at the keyboard any more: end of input, or a terminal that is gone. */
  ended(): void
}

/**
 * Decodes a terminal's input into keys and pastes until the returned function is called. The input's errors are heard and
 * passed over for good: a terminal that has hung up answers every call with one.
 */
export function readKeys(input: NodeJS.ReadableStream, hearer: KeyHearer): () => void {
  // Keys are decoded beside the input: readline must see neither what is pasted nor what would stop the program.
  const decoder = new PassThrough()
  emitKeypressEvents(decoder)
  let pasted: { text: string; pause: NodeJS.Timeout } | null = null
  let escape: NodeJS.Timeout | null = null

  const endPaste = () => {
    if (pasted === null) return
    const { text, pause } = pasted
    clearTimeout(pause)
    pasted = null
    hearer.paste(text)
  }

  const tell = (text: string | undefined, key: Key) => {
    const behind = behindEscape(key)
    if (behind === null) return hearer.key(text, key)
    hearer.key(undefined, { name: 'escape', sequence: ESCAPE })
    hearer.key(behind, { ...key, meta: false, sequence: behind })
  }
  const onKey = (text: string | undefined, key: Key) => {
    if (key.name === 'paste-start') pasted ??= { text: '', pause: setTimeout(endPaste, PASTE_PAUSE_MS) }
    else if (key.name === 'paste-end') endPaste()
    else if (pasted === null) tell(text, key)
    else {
      pasted.text += text ?? ''
      pasted.pause.refresh()
    }
  }
  const onEscapeAlone = () => {
    escape = null
    hearer.key(undefined, { name: 'escape', sequence: ESCAPE })
  }
  const onData = (chunk: Buffer | string) => {
    const isEscape = chunk.length === 1 && chunk.toString() === ESCAPE
    const held = escape !== null
    if (escape !== null) clearTimeout(escape)
    escape = null
    if (held) decoder.emit('data', Buffer.from(ESCAPE))
    if (isEscape) escape = setTimeout(onEscapeAlone, ESCAPE_MS)
    else decoder.emit('data', Buffer.from(chunk))
  }
  const onEnd = () => hearer.ended()

  decoder.on('keypress', onKey)
  input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd)
  return () => {
    if (escape !== null) clearTimeout(escape)
    if (pasted !== null) clearTimeout(pasted.pause)
    decoder.off('keypress', onKey)
    input.off('data', onData).off('end', onEnd).off('close', onEnd)
  }
}

/**
 * What was typed right after Esc, which Node takes for one key with meta: whoever aborts in a hurry, or over a slow line,
 * sends both at once. Null for what really is one key.
 */
function behindEscape({ sequence = '' }: Key): string | null {
  const [behind, ...more] = sequence.replace(ESCAPES, '')
  return sequence.startsWith(ESCAPE) && more.length === 0 ? (behind ?? null) : null
}

export const isCtrl = (key: Key, name: string) => key.ctrl === true && key.name === name

/** What a key is called in the list of keys: `n`, `?`, `Enter`, `Esc`, `Tab`; empty for combinations, which mean nothing here. */
export function keyName({ name, ctrl, meta, sequence }: Key): string {
  if (ctrl === true || (meta === true && name !== 'escape')) return ''
  if (name === 'return' || name === 'enter') return 'Enter'
  if (name === 'escape') return 'Esc'
  if (name === 'tab') return 'Tab'
  // Caps lock makes no difference.
  return (sequence ?? name ?? '').toLowerCase()
}
