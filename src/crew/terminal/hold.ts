const PASTE_ON = '\u001B[?2004h'
const PASTE_OFF = '\u001B[?2004l'
const CURSOR_ON = '\u001B[?25h'

/** The input of a terminal; one that is none has no raw mode. */
export type TerminalInput = NodeJS.ReadableStream & {
  isTTY?: boolean
  setRawMode?: (on: boolean) => unknown
}

export interface Held {
  input: TerminalInput
  output: NodeJS.WritableStream
  /** Calls back when the process ends, until the returned function is called. */
  onExit: (listener: () => void) => () => void
}

/**
 * Takes a terminal over: every key at once and unechoed, pastes marked as such. The returned function puts it back as it
 * was, and so does the end of the process, whichever comes first.
 */
export function holdTerminal({ input, output, onExit }: Held): () => void {
  input.setRawMode?.(true)
  input.resume()
  output.write(PASTE_ON)
  let held = true
  const release = () => {
    if (!held) return
    held = false
    forget()
    output.write(PASTE_OFF + CURSOR_ON)
    input.setRawMode?.(false)
    // An input that is read keeps the process alive.
    input.pause()
  }
  const forget = onExit(release)
  return release
}
