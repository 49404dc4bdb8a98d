import { describe, expect, it, vi } from 'vitest'
import { asker, LeftError } from '../../../../src/crew/terminal/index.ts'
import { fakeTerminal, settled } from '../../../support/crew-terminal.ts'

function asking(signal?: AbortSignal) {
  const terminal = fakeTerminal()
  const ask = asker({
    ...terminal,
    onExit: () => () => undefined,
    ...(signal === undefined ? {} : { signal }),
  })
  /** Waits until a question is there: what is typed before it is shown does not answer it. */
  const shows = (text: string) =>
    vi.waitFor(async () => expect((await terminal.screen.rows()).join('\n')).toContain(text))
  return { ...terminal, ask, shows }
}

describe('questions before and after a drill', () => {
  it('are answered in words, cleaned of what would steer a terminal', async () => {
    const { ask, press, shows } = asking()
    const name = ask.text({ message: 'Who is lead?', default: 'root' })
    await shows('Who is lead?')
    await press('\u001B[200~An\u001B[31ma\n\u001B[201~')
    await press('\r')
    expect(await name).toBe('Ana')
  })

  it('have a default', async () => {
    const { ask, press, shows } = asking()
    const name = ask.text({ message: 'Who is lead?', default: 'root' })
    await shows('Who is lead?')
    await press('\r')
    expect(await name).toBe('root')
  })

  it('are asked again with what was wrong', async () => {
    const { ask, press, shows } = asking()
    const name = ask.text({ message: 'Who?', validate: (text) => text === 'Ana' || 'Ana, please' })
    await shows('Who?')
    await press('Ben\r')
    await shows('Ana, please')
    await press('\u007F\u007F\u007FAna\r')
    expect(await name).toBe('Ana')
  })

  it('are answered by choosing', async () => {
    const { ask, press, shows } = asking()
    const length = ask.choice({
      message: 'Which?',
      choices: [{ value: 'full' }, { value: 'rehearsal', name: 'A rehearsal' }],
    })
    await shows('rehearsal')
    await press('\u001B[B')
    await press('\r')
    expect(await length).toBe('rehearsal')
  })

  it('are answered by yes and no', async () => {
    const { ask, press, shows } = asking()
    const ready = ask.yes({ message: 'Ready?', default: false })
    await shows('Ready?')
    await press('y\r')
    expect(await ready).toBe(true)
  })

  it('one after another each take the terminal and give it back', async () => {
    const { ask, press, raw, shows } = asking()
    for (const answer of ['one', 'two']) {
      const text = ask.text({ message: `Say ${answer}` })
      expect(raw.at(-1)).toBe(true)
      await shows(`Say ${answer}`)
      await press(`${answer}\r`)
      expect(await text).toBe(answer)
      expect(raw.at(-1)).toBe(false)
    }
    expect(raw).toHaveLength(4)
  })

  it('are not stopped by Ctrl-Z', async () => {
    const { ask, press, shows } = asking()
    const text = ask.text({ message: 'Say' })
    await shows('Say')
    await press('a\u001Ab\r')
    expect(await text).toBe('ab')
  })

  it.each([
    { name: 'Ctrl-C', why: 'SIGINT', leave: (press: (keys: string) => Promise<void>) => press('half\u0003') },
    { name: 'Ctrl-D', why: 'EOF', leave: (press: (keys: string) => Promise<void>) => press('\u0004') },
  ])('are left by $name, with the terminal as it was', async ({ why, leave }) => {
    const { ask, press, raw, shows } = asking()
    const text = ask.text({ message: 'Who is lead?' })
    const error = text.catch((thrown: unknown) => thrown)
    await shows('Who is lead?')
    await leave(press)
    expect(await error).toBeInstanceOf(LeftError)
    expect(await error).toMatchObject({ why, code: 'LEFT', exitCode: 130 })
    expect(raw).toEqual([true, false])
  })

  it('are left by the end of the input', async () => {
    const { ask, input, shows } = asking()
    const error = ask.yes({ message: 'Ready?', default: false }).catch((thrown: unknown) => thrown)
    await shows('Ready?')
    input.end()
    await settled()
    expect(await error).toMatchObject({ why: 'EOF' })
  })

  it('are left by a signal, and not asked at all after it', async () => {
    const stop = new AbortController()
    const { ask, raw } = asking(stop.signal)
    const error = ask.text({ message: 'Who?' }).catch((thrown: unknown) => thrown)
    stop.abort('SIGTERM')
    expect(await error).toMatchObject({ why: 'signal' })
    await expect(ask.text({ message: 'Who?' })).rejects.toMatchObject({ why: 'signal' })
    expect(raw).toEqual([true, false])
  })
})
