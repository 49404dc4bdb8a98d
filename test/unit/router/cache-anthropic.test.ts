import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { askPath, startPair, until, type Pair, type PairOptions } from '../../support/router-pair.ts'
import { anthropicAnswers, message, TOOL_CALL } from '../../support/router-anthropic.ts'
import { answers, sends, type Script } from '../../support/router-upstream.ts'

const claude = { format: 'anthropic' as const }
const BODY = { model: 'claude-test', max_tokens: 50, messages: [{ role: 'user' as const, content: 'hello' }] }
const TOOLS = [{ name: TOOL_CALL.name, input_schema: { type: 'object' as const } }]

const before = (primary: Script, targets: PairOptions['targets'] = { primary: claude, secondary: claude }) =>
  startPair({ config: { cache: { mode: 'on-hit' } }, primary, targets })
const clientOf = ({ router }: Pair) =>
  new Anthropic({ baseURL: router.url.replace(/\/v1$/, ''), apiKey: 'k', maxRetries: 0 })
/** Answers are kept after they have left. */
const kept = (pair: Pair, n = 1) => until(() => pair.router.cache()!.stored === n)

describe('a cache before callers of Anthropic’s format', () => {
  it.each([
    ['plain', 'plain'],
    ['plain', 'stream'],
    ['stream', 'plain'],
    ['stream', 'stream'],
  ])('kept from a %s answer, is one to its own SDK as a %s', async (first, second) => {
    const pair = await before(anthropicAnswers('primary'))
    const { messages } = clientOf(pair)
    for (const body of [BODY, { ...BODY, tools: TOOLS }]) {
      const ask = (how: string) =>
        how === 'plain' ? messages.create(body) : messages.stream(body).finalMessage()
      const stored = pair.router.cache()!.stored
      const [asked] = [await ask(first)]
      await kept(pair, stored + 1)
      const again = await ask(second)
      expect(again).toMatchObject({
        id: asked.id,
        content: asked.content,
        stop_reason: asked.stop_reason,
        usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 87 },
      })
    }
    expect([pair.primary.asked.length, pair.router.cache()!.hits]).toEqual([2, 2])
    expect(pair.records.map(({ role, costUsd }) => [role, costUsd === 0])).toEqual([
      ['primary', false],
      ['cache', true],
      ['primary', false],
      ['cache', true],
    ])
  })

  it.each([false, true])('keeps what a provider of the other format answered (stream %s)', async (stream) => {
    const pair = await before(answers('primary'), {})
    const { messages } = clientOf(pair)
    const ask = () => (stream ? messages.stream(BODY).finalMessage() : messages.create(BODY))
    const first = await ask()
    await kept(pair)
    expect(await ask()).toMatchObject({ id: first.id, content: first.content })
    expect([pair.primary.asked.length, pair.router.cache()!.hits]).toEqual([1, 1])
  })

  it('serves no caller of one format what another asked in the other', async () => {
    const pair = await before(answers('primary'), {})
    const { model, messages } = BODY
    const body = JSON.stringify({ model, messages, max_tokens: 50 })
    for (const path of ['/messages', '/chat/completions', '/messages', '/chat/completions'])
      expect((await askPath(pair.router.url, path, { body })).status).toBe(200)
    expect(pair.router.cache()).toMatchObject({ misses: 2, hits: 2 })
  })

  it.each<[string, object]>([
    ['was cut off', { stop_reason: 'max_tokens' }],
    ['was paused', { stop_reason: 'pause_turn' }],
    ['was refused', { stop_reason: 'refusal' }],
    ['lies in a container', { container: { id: 'c' } }],
    ['cites', { content: [{ type: 'text', text: 'x', citations: [{ type: 'char_location' }] }] }],
    [
      'rests on what a tool of the vendor’s found',
      {
        content: [
          { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          { type: 'text', text: 'x' },
        ],
      },
    ],
    [
      'calls a tool with a number that would be another one afterwards',
      {
        content: [{ type: 'tool_use', id: 't', name: 'f', input: { account: 0 } }],
        stop_reason: 'tool_use',
      },
    ],
  ])('keeps no answer that %s', async (_, more) => {
    const whole = message('primary', more).replace('"account":0', '"account":12345678901234567890')
    const pair = await before(sends(200, whole))
    for (let i = 0; i < 2; i++) await askPath(pair.router.url, '/messages', { body: JSON.stringify(BODY) })
    expect(pair.router.cache()).toMatchObject({ stored: 0, hits: 0, misses: 2 })
  })
})
