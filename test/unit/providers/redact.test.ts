import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blotted, KeyBlotter } from '../../../src/providers/gate/redact.ts'

const KEY = 'sk-ssk-sk-real-canary'

async function through(text: string, sizes: number[]): Promise<string> {
  const bytes = Buffer.from(text)
  async function* pieces() {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length]!
      yield bytes.subarray(at, at + size)
      at += size
    }
  }
  const out: Uint8Array[] = []
  for await (const piece of blotted(pieces(), KEY)) out.push(piece)
  return Buffer.concat(out).toString()
}

describe('KeyBlotter', () => {
  const stars = '*'.repeat(KEY.length)

  it('blots the key out wherever a piece ends, and leaves all else as it is', async () => {
    const part = fc.constantFrom(KEY, KEY.slice(0, 5), 'sk-', 's', 'Grüße ', '世界', '\n\n')
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''))
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(text, sizes, async (given, lengths) => {
        expect(await through(given, lengths)).toBe(given.replaceAll(KEY, stars))
      }),
    )
  })

  it('holds nothing back that cannot be the key’s beginning', () => {
    const blotter = new KeyBlotter(KEY)
    expect(blotter.push(Buffer.from('data: {"x":1}\n\n')).toString()).toBe('data: {"x":1}\n\n')
    expect(blotter.push(Buffer.from('tail sk-')).toString()).toBe('tail ')
    expect(blotter.end().toString()).toBe('sk-')
  })

  it('cleans a text', () => {
    expect(new KeyBlotter(KEY).text(`a ${KEY} b`)).toBe(`a ${stars} b`)
  })
})
