import { describe, expect, it } from 'vitest'
import { openaiFormat } from '../../../src/wire/index.ts'

const nothing = { model: null, stream: false, includeUsage: false, lastUserText: '', user: null }

describe('readRequest', () => {
  it.each<[string, unknown, object]>([
    ['no body', undefined, nothing],
    ['a list', [], nothing],
    ['wrong types', { model: 3, stream: 'yes', messages: 'hi', user: 7, stream_options: true }, nothing],
    [
      'a stream',
      { model: 'gpt-4o-mini', stream: true, stream_options: { include_usage: true }, user: 'u1' },
      { ...nothing, model: 'gpt-4o-mini', stream: true, includeUsage: true, user: 'u1' },
    ],
    [
      'the last user message, whoever speaks after it',
      {
        messages: [
          { role: 'user', content: 'first' },
          { role: 'user', content: 'last' },
          { role: 'assistant', content: 'answer' },
        ],
      },
      { ...nothing, lastUserText: 'last' },
    ],
    [
      'a message in parts',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'look' },
              { type: 'image_url', image_url: { url: 'x' } },
              { type: 'text', text: 'here' },
            ],
          },
        ],
      },
      { ...nothing, lastUserText: 'look\nhere' },
    ],
    ['messages without a user', { messages: [{ role: 'system', content: 'x' }] }, nothing],
  ])('reads %s', (_, body, expected) => {
    expect(openaiFormat.readRequest(body)).toEqual(expected)
  })
})
