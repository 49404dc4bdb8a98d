import { AbortPromptError, ExitPromptError } from '@inquirer/core'
import { render } from '@inquirer/testing'
import { describe, expect, it } from 'vitest'
import { cockpit } from '../../../../src/crew/terminal/cockpit.ts'
import { keyName } from '../../../../src/crew/terminal/keys.ts'
import type { Line } from '../../../../src/crew/terminal/typist.ts'

/** A cockpit over a frame of one line, which the test changes. */
async function mounted() {
  let frame = 'T+00:00'
  let line: Line | null = null
  let redraw = () => undefined as void
  const keys: string[] = []
  const stop = new AbortController()
  const screen = await render(
    cockpit,
    {
      content: () => `${frame}\n> ${line?.text ?? ''}`,
      press: (key) => keys.push(keyName(key)),
      mount: (itsLine, itsRedraw) => ([line, redraw] = [itsLine, itsRedraw]),
    },
    { signal: stop.signal, clearPromptOnDone: true },
  )
  const become = (text: string) => {
    frame = text
    redraw()
  }
  return { ...screen, become, keys, stop, line: () => line! }
}

describe('the cockpit as a prompt', () => {
  it('is drawn again when it is told to, and keeps the line that is typed', async () => {
    const { getScreen, events, become } = await mounted()
    events.type('slow')
    become('T+00:07')
    expect(getScreen()).toBe('T+00:07\n> slow')
    become('T+00:08')
    expect(getScreen()).toBe('T+00:08\n> slow')
  })

  it('tells which keys are pressed', async () => {
    const { events, keys } = await mounted()
    events.keypress('escape')
    events.keypress({ name: 'return' })
    expect(keys).toEqual(['Esc', 'Enter'])
  })

  it('has its line replaced and written into', async () => {
    const { getScreen, become, line } = await mounted()
    line().put('first')
    line().insert(' second')
    become('T+00:01')
    expect(getScreen()).toBe('T+00:01\n> first second')
    line().put('')
    become('T+00:02')
    expect(getScreen()).toBe('T+00:02\n>')
  })

  it('ends with its signal alone, and says why', async () => {
    const { answer, stop } = await mounted()
    stop.abort('SIGTERM')
    await expect(answer).rejects.toBeInstanceOf(AbortPromptError)
    await expect(answer).rejects.toMatchObject({ cause: 'SIGTERM' })
  })

  it('ends with Ctrl-C where nobody has heard it before', async () => {
    const { answer, events } = await mounted()
    events.keypress({ name: 'c', ctrl: true })
    await expect(answer).rejects.toBeInstanceOf(ExitPromptError)
  })
})
