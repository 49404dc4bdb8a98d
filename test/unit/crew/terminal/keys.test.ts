import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { keyName, readKeys } from '../../../../src/crew/terminal/keys.ts'
import { settled } from '../../../support/crew-terminal.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Feeds chunks as they come from a terminal, and returns what was heard. */
async function heard(chunks: (string | Buffer)[]): Promise<string[]> {
  const input = new PassThrough()
  const events: string[] = []
  const stop = readKeys(input, {
    key: (text, key) => events.push(text ?? `<${key.name ?? '?'}>`),
    paste: (text) => events.push(`paste ${JSON.stringify(text)}`),
    ended: () => events.push('ended'),
  })
  for (const chunk of chunks) {
    input.write(chunk)
    await settled()
  }
  await pause(150)
  stop()
  return events
}

describe('keys', () => {
  it.each([
    { name: 'letters', chunks: ['ab'], events: ['a', 'b'] },
    { name: 'an arrow', chunks: ['\u001B[A'], events: ['<up>'] },
    { name: 'an arrow in two pieces', chunks: ['\u001B', '[A'], events: ['<up>'] },
    { name: 'Esc alone', chunks: ['\u001B'], events: ['<escape>'] },
    { name: 'Esc and a key at once', chunks: ['\u001B!'], events: ['<escape>', '!'] },
    { name: 'Esc and a key right after it', chunks: ['\u001B', 'n'], events: ['<escape>', 'n'] },
    {
      name: 'Esc, a key and more at once',
      chunks: ['\u001Bn\u001B[Ayes\r'],
      events: ['<escape>', 'n', '<up>', 'y', 'e', 's', '\r'],
    },
    { name: 'Esc twice and a key at once', chunks: ['\u001B\u001B!'], events: ['<escape>', '!'] },
    { name: 'Esc and Enter at once', chunks: ['\u001B\r'], events: ['<escape>', '\r'] },
    { name: 'a letter in two pieces', chunks: [Buffer.from([0xc3]), Buffer.from([0xa4])], events: ['ä'] },
    { name: 'a paste', chunks: ['\u001B[200~a\nb\u001B[201~c'], events: ['paste "a\\nb"', 'c'] },
    {
      name: 'two pastes',
      chunks: ['\u001B[200~a\u001B[201~\u001B[200~b\u001B[201~'],
      events: ['paste "a"', 'paste "b"'],
    },
    {
      name: 'keys in a paste',
      chunks: ['\u001B[200~a\u001B[Ab\u0004\u001B[201~'],
      events: ['paste "ab\\u0004"'],
    },
  ])('are told as they are: $name', async ({ chunks, events }) => {
    expect(await heard(chunks)).toEqual(events)
  })

  it('come with Esc first when the next one comes a while later', async () => {
    const input = new PassThrough()
    const events: string[] = []
    const stop = readKeys(input, {
      key: (text, key) => events.push(text ?? `<${key.name}>`),
      paste: () => undefined,
      ended: () => undefined,
    })
    input.write('\u001B')
    await pause(150)
    input.write('n')
    await settled()
    stop()
    expect(events).toEqual(['<escape>', 'n'])
  })

  it('are heard no more once it is stopped, and neither are errors', () => {
    const input = new PassThrough()
    const events: string[] = []
    const stop = readKeys(input, {
      key: () => events.push('key'),
      paste: () => undefined,
      ended: () => events.push('ended'),
    })
    stop()
    input.emit('data', 'a')
    expect(() => input.emit('error', new Error('write EIO'))).not.toThrow()
  })

  it.each([
    { key: { name: 'return', sequence: '\r' }, is: 'Enter' },
    { key: { name: 'enter', sequence: '\n' }, is: 'Enter' },
    { key: { name: 'escape', sequence: '\u001B', meta: true }, is: 'Esc' },
    { key: { name: 'n', sequence: 'N' }, is: 'n' },
    { key: { sequence: '!' }, is: '!' },
    { key: { name: 'n', sequence: '\u000E', ctrl: true }, is: '' },
    { key: { name: 'n', sequence: '\u001Bn', meta: true }, is: '' },
  ])('have names: $is', ({ key, is }) => {
    expect(keyName(key)).toBe(is)
  })
})
