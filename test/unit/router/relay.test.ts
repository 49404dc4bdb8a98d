import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Relay } from '../../../src/router/relay.ts'
import { openaiFormat } from '../../../src/wire/index.ts'
import { streamBody, streamEvents } from '../../support/router-upstream.ts'

/** Plays chunks through a relay as an attempt does; what came out before the end, and with it. */
function play(chunks: readonly Buffer[]) {
  const relay = new Relay(openaiFormat)
  const sent: Buffer[] = []
  for (const chunk of chunks) {
    const { send } = relay.push(chunk)
    if (send !== null) sent.push(send)
    if (!relay.opened && relay.hasContent) sent.push(relay.open() ?? Buffer.alloc(0))
  }
  const rest = relay.rest()
  return { relay, sent, all: Buffer.concat(rest === null ? sent : [...sent, rest]) }
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (let n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 })

describe('a relay', () => {
  it.each(['\n', '\r\n'])(
    'passes every byte on, however the stream is cut, with lines that end in %j',
    (lineEnd) => {
      const bytes = Buffer.from(streamBody('primary').replaceAll('\n', lineEnd) + ': no line end 世')
      fc.assert(
        fc.property(sizes, (some) => {
          const { relay, all } = play(cut(bytes, some))
          expect(all.equals(bytes)).toBe(true)
          expect(relay.verdict()).toEqual({ ok: true, missingMarker: false })
        }),
        { numRuns: 200 },
      )
    },
  )

  it('passes whole lines only, wherever the stream breaks', () => {
    const bytes = Buffer.from(streamBody('primary'))
    fc.assert(
      fc.property(sizes, fc.nat(bytes.length), (some, length) => {
        const { sent } = play(cut(bytes.subarray(0, length), some))
        const text = Buffer.concat(sent).toString()
        expect(text === '' || text.endsWith('\n')).toBe(true)
      }),
    )
  })

  it('passes bytes that are no text at all on as they are', () => {
    const { role, content } = streamEvents('primary')
    const opening = Buffer.from(role + (content[0] ?? ''))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), sizes, (noise, some) => {
        const bytes = Buffer.concat([opening, Buffer.from(noise)])
        expect(play(cut(bytes, some)).all.equals(bytes)).toBe(true)
      }),
    )
  })

  it('does not hold a line back for ever', () => {
    const { role, content } = streamEvents('primary')
    const { sent } = play([Buffer.from(role + (content[0] ?? '')), Buffer.alloc(300 * 1024, 'x')])
    expect(Buffer.concat(sent).length).toBeGreaterThan(300 * 1024)
  })

  it('counts content, finish and usage as progress, but neither pings nor role deltas', () => {
    const { role, content, finish, usage, done } = streamEvents('primary')
    const relay = new Relay(openaiFormat)
    const progress = (text: string) => relay.push(Buffer.from(text)).progress
    expect(
      [': ping\n\n', role, content[0] ?? '', role, ': ping\n\n', finish, usage, done].map(progress),
    ).toEqual([false, false, true, false, false, true, true, true])
  })

  it('gives up on a stream that says too much before its first content', () => {
    const relay = new Relay(openaiFormat)
    const comment = Buffer.from(`: ${'x'.repeat(1024 * 1024 - 4)}\n\n`)
    for (let n = 0; n < 17; n++) relay.push(comment)
    expect(relay.trouble).toMatchObject({ class: 'malformed' })
  })
})
