import { createPrompt, useEffect, useKeypress, useState } from '@inquirer/core'
import type { Key } from './keys.ts'
import type { Line } from './typist.ts'

/** What the cockpit is made of: it draws what it is given, and tells what is pressed. */
export interface CockpitConfig {
  /** All lines of it; the last one is the line that is typed into, and ends with what stands there. */
  content: () => string
  press: (key: Key) => void
  /** Called once it can be typed into, with its line and the way to have it drawn again. */
  mount: (line: Line, redraw: () => void) => void
}

/**
 * The one thing that writes on a terminal while a drill runs, as a prompt of inquirer's: readline edits its last line, and
 * the rest is drawn above. It never ends by itself; its signal ends it.
 */
export const cockpit = createPrompt<never, CockpitConfig>(({ content, press, mount }) => {
  const [, count] = useState(0)
  const redraw = () => count((drawn) => drawn + 1)
  useEffect((rl) => {
    const put = (text: string) => {
      rl.clearLine(0)
      if (text !== '') rl.write(text)
    }
    mount(
      {
        get text() {
          return rl.line
        },
        put,
        insert: (text) => rl.write(text),
      },
      redraw,
    )
    // Stopping the program would leave the fault in force with nobody at the switch.
    rl.on('SIGTSTP', () => undefined)
  }, [])
  useKeypress((key) => press(key))
  return content()
})
