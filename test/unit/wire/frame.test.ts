import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/wire/frame.ts'

const event = (content: string, more = '') =>
  `{"id":"1","choices":[{"delta":{"content":"${content}"}${more}}]}`

describe('a frame', () => {
  it('holds nothing before it has been learnt', () => {
    expect(new Frame('content').holds(event('Hello'))).toBe(false)
  })

  it.each([
    ['another text', event('world 🌍'), true],
    ['a text that looks like an end', event("'},finish_reason:stop"), true],
    ['an empty text', event(''), false],
    ['an escape, which only parsing can tell', event('\\n'), false],
    ['a quote too many', event('a"b'), false],
    ['a break of lines', event('a\nb'), false],
    ['a finish reason', event('a', ',"finish_reason":"stop"'), false],
    ['two events that were glued together', event('a') + event('b'), false],
    ['half an event', event('a').slice(0, -2), false],
  ])('once learnt, of %s: %s is held: %s', (_what, data, held) => {
    const frame = new Frame('content')
    frame.learn(event('Hello'))
    expect(frame.holds(data)).toBe(held)
  })

  it.each([event('with \\"escapes\\"'), event(''), '{"choices":[]}'])('is not learnt from %s', (data) => {
    const frame = new Frame('content')
    frame.learn(data)
    expect(frame.holds(event('world'))).toBe(false)
  })
})
