import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { liveScreen } from '../../../../src/crew/terminal/screen.ts'
import { fakeTerminal, settled } from '../../../support/crew-terminal.ts'

const ERASE_TWO = '\u001B[2K\u001B[1A\u001B[2K\u001B[G'

/** A screen of 20 columns and 6 rows, and what is to be seen on it. */
function small() {
  const terminal = fakeTerminal(20, 6)
  const screen = liveScreen(terminal.output, {
    columns: () => terminal.window().columns,
    again: () => undefined,
  })
  const draw = (chunk: string) => screen.stream.write(chunk)
  const seen = async () => (await terminal.screen.everything()).join('\n').trimEnd().split('\n')
  return {
    ...terminal,
    end: () => screen.end(),
    print: (text: string) => screen.print(text),
    stream: screen.stream,
    draw,
    seen,
  }
}

describe('a screen with a frame', () => {
  it('prints at once where no frame is drawn', async () => {
    const { print, seen } = small()
    print('one')
    expect(await seen()).toEqual(['one'])
  })

  it('prints above the frame, in the same write as its redraw', async () => {
    const { draw, print, seen, writes } = small()
    draw('frame\n> \u001B[3G')
    print('one')
    expect(await seen()).toEqual(['frame', '>'])
    const before = writes()
    draw(`${ERASE_TWO}frame 2\n> \u001B[3G`)
    expect(writes()).toBe(before + 1)
    expect(await seen()).toEqual(['one', 'frame 2', '>'])
  })

  it('never blanks a row of the frame on the way', () => {
    const { draw, written } = small()
    draw('frame\n> \u001B[3G')
    draw(`${ERASE_TWO}frame 2\n> \u001B[3G`)
    expect(written()).not.toContain('\u001B[2K')
  })

  it('leaves nothing of longer lines, and nothing below a shorter frame', async () => {
    const { draw, print, seen } = small()
    draw('a long line\nsecond\nthird\n> \u001B[3G')
    print('x')
    draw('\u001B[2K\u001B[1A\u001B[2K\u001B[1A\u001B[2K\u001B[1A\u001B[2K\u001B[Gshort\n> \u001B[3G')
    expect(await seen()).toEqual(['x', 'short', '>'])
  })

  it('finds the top of its frame when the cursor is not in the last row', async () => {
    const { draw, seen } = small()
    draw('frame\n> typed\nmore\u001B[1A\u001B[4G')
    draw(
      '\u001B[1B\u001B[2K\u001B[1A\u001B[2K\u001B[1A\u001B[2K\u001B[Gframe\n> typed!\nmore\u001B[1A\u001B[4G',
    )
    expect(await seen()).toEqual(['frame', '> typed!', 'more'])
  })

  it('takes all of a frame away that a narrower window has wrapped', async () => {
    const { draw, print, resize, seen } = small()
    print('log')
    draw('a frame that is wide\n> typed\u001B[8G')
    resize(10, 6)
    expect(await seen()).toEqual(['log', 'a frame th', 'at is wide', '> typed'])
    draw(`${ERASE_TWO}narrow\n> typed\u001B[8G`)
    expect(await seen()).toEqual(['log', 'narrow', '> typed'])
  })

  it('writes nothing when nothing has changed', () => {
    const { draw, writes } = small()
    draw('frame\n> \u001B[3G')
    draw(`${ERASE_TWO}frame\n> \u001B[3G`)
    const before = writes()
    draw(`${ERASE_TWO}frame\n> \u001B[3G`)
    expect(writes()).toBe(before)
  })

  it('prints what was still waiting when the prompt ends, and takes the frame away', async () => {
    const { draw, print, seen } = small()
    draw('frame\n> \u001B[3G')
    print('last')
    draw(`${ERASE_TWO}\u001B[G\u001B[?25h`)
    print('afterwards')
    expect(await seen()).toEqual(['last', 'afterwards'])
  })

  it('prints what was still waiting when the prompt is gone without a farewell', async () => {
    const { draw, print, end, seen } = small()
    draw('frame\n> \u001B[3G')
    print('last')
    end()
    print('afterwards')
    expect((await seen()).slice(-2)).toEqual(['last', 'afterwards'])
  })

  it('lets the prompt move its cursor within the line', async () => {
    const { draw, seen, written } = small()
    draw('frame\n> ab\u001B[5G')
    draw('\u001B[4G')
    expect(written().endsWith('\u001B[4G')).toBe(true)
    expect(await seen()).toEqual(['frame', '> ab'])
  })

  it('leaves redraws out while the terminal does not take them, and makes up for it', async () => {
    let take = () => undefined as void
    let written = ''
    let again = 0
    const slow = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written += chunk.toString()
        take = done
      },
    })
    const screen = liveScreen(slow, { columns: () => 80, again: () => again++ })
    screen.stream.write('frame 1\n> \u001B[3G')
    screen.print('log')
    for (const frame of [2, 3, 4]) screen.stream.write(`${ERASE_TWO}frame ${frame}\n> \u001B[3G`)
    expect(written).not.toContain('frame 2')
    expect(again).toBe(0)
    take()
    await settled()
    expect(again).toBe(1)
    screen.stream.write(`${ERASE_TWO}frame 5\n> \u001B[3G`)
    expect(written).not.toMatch(/frame [234]/)
    expect(written).toMatch(/log[^]*frame 5/)
    screen.print('afterwards')
    screen.stream.write(`${ERASE_TWO}\u001B[G\u001B[?25h`)
    take()
    await settled()
    expect(written).toContain('afterwards')
  })

  it('keeps one column free, so that no row is full', () => {
    expect(small().stream.columns).toBe(19)
  })
})
