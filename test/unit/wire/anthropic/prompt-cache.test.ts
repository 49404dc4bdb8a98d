import { describe, expect, it } from 'vitest'
import {
  leastCachedTokens,
  prefixBlocks,
  withBreakpoints,
  withoutBreakpoints,
} from '../../../../src/wire/anthropic/prompt-cache.ts'

const long = 'word'.repeat(1100)
const tool = (more: object = {}) => ({ name: 'look', description: long, input_schema: {}, ...more })
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more })
const messages = [{ role: 'user', content: 'Hello.' }]
const ask = (more: object = {}) => ({ model: 'claude-sonnet-4-6', max_tokens: 9, messages, ...more })
const mark = { cache_control: { type: 'ephemeral' } }
const SCHEMA_WITH_THE_NAME = { properties: { cache_control: { type: 'string' } } }

describe('breakpoints for Anthropic’s prompt cache', () => {
  it.each<[string, object, object]>([
    ['the system text, which becomes a block', { system: long }, { system: [text(long, mark)] }],
    [
      'the last of its blocks',
      { system: [text(long), text('x', { citations: null })] },
      { system: [text(long), text('x', { citations: null, ...mark })] },
    ],
    ['the last tool', { tools: [tool(), tool()] }, { tools: [tool(), tool(mark)] }],
    [
      'the last tool that is there from the beginning',
      { tools: [tool(), tool({ defer_loading: true })] },
      { tools: [tool(mark), tool({ defer_loading: true })] },
    ],
    ['both', { tools: [tool()], system: 'x' }, { tools: [tool(mark)], system: [text('x', mark)] }],
    [
      'the system text alone where only with it the tools are long enough',
      { tools: [tool({ description: 'short' })], system: long },
      { tools: [tool({ description: 'short' })], system: [text(long, mark)] },
    ],
  ])('are placed on %s', (_, asked, marked) => {
    expect(withBreakpoints(ask(asked), '5m')).toEqual(ask(marked))
    expect(withoutBreakpoints(ask(marked))).toEqual(
      withoutBreakpoints(ask('system' in marked ? { ...asked, system: marked.system } : asked)),
    )
  })

  it('say how long where it is not the usual time', () => {
    expect(withBreakpoints(ask({ system: long }), '1h')).toEqual(
      ask({ system: [text(long, { cache_control: { type: 'ephemeral', ttl: '1h' } })] }),
    )
  })

  it.each<[string, object]>([
    ['what is too short', { system: 'Be brief.', tools: [tool({ description: 'short' })] }],
    ['a long question alone', { messages: [{ role: 'user', content: long.repeat(9) }] }],
    ['an empty text', { system: [text(long), text('')] }],
    ['what the model caches from 4096 tokens on', { model: 'claude-haiku-4-5', system: long }],
    ['a caller’s own, on a system text', { system: [text(long, mark), text(long)] }],
    ['a caller’s own, on a tool', { system: long, tools: [tool(mark)] }],
    [
      'a caller’s own, in a message',
      { system: long, messages: [{ role: 'user', content: [text('x', mark)] }] },
    ],
    ['a caller’s own, at the top', { system: long, ...mark }],
    ['no system and no tools', {}],
    ['what is not of the format', { system: 7, tools: 'x', messages: null }],
  ])('are not placed on %s', (_, asked) => {
    expect(withBreakpoints(ask(asked), '5m')).toBeNull()
  })

  it('are taken out wherever they stand, and nothing else of the same name is', () => {
    const bare = ask({
      system: [text('a')],
      tools: [tool({ input_schema: SCHEMA_WITH_THE_NAME })],
      messages: [{ role: 'user', content: [text('b')] }, 'junk'],
    })
    const marked = ask({
      ...mark,
      system: [text('a', mark)],
      tools: [tool({ input_schema: SCHEMA_WITH_THE_NAME, ...mark })],
      messages: [{ role: 'user', content: [text('b', mark)] }, 'junk'],
    })
    expect(withoutBreakpoints(marked)).toEqual(bare)
    expect(withoutBreakpoints(bare)).toEqual(bare)
  })

  it.each([
    ['claude-opus-5', 512],
    ['claude-opus-5-5', 512],
    ['claude-opus-4-8', 1024],
    ['claude-sonnet-4-6', 1024],
    ['claude-opus-4-20250514', 1024],
    ['claude-opus-4-7', 2048],
    ['claude-3-5-haiku-latest', 2048],
    ['claude-3-haiku-20240307', 2048],
    ['claude-opus-4-5-20251101', 4096],
    ['claude-haiku-4-5', 4096],
    ['something-else', 1024],
  ])('are worth placing with %s from %i tokens on', (model, least) => {
    expect(leastCachedTokens(model)).toBe(least)
  })
})

describe('the blocks of a prefix', () => {
  it('are tools, system and messages in this order, four characters a token, an image 1600', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.com/x.png' } }
    const blocks = prefixBlocks(
      ask({
        messages: [{ role: 'user', content: [image, text('12345678', mark)] }],
        system: '1234567',
        tools: [tool({ description: undefined }), tool({ defer_loading: true })],
      }),
    )
    expect(blocks.map(({ tokens, breakpoint }) => [tokens, breakpoint])).toEqual([
      [9, null],
      [2, null],
      [1600, null],
      [2, '5m'],
    ])
  })
})
