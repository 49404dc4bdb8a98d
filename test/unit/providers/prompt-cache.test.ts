import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { fastProvider, KEYS, testGate } from '../../support/providers-gate.ts'
import { movableClock } from '../../support/router-pair.ts'

/** Keeps prefixes of 1024 tokens and more, at $3, $0.30 read, $3.75 and $6 written, $15 out. */
const MODEL = 'claude-sonnet-4-6'

const words = (tokens: number) => 'word'.repeat(tokens)
const text = (tokens: number, ttl?: '5m' | '1h' | null): Anthropic.TextBlockParam => ({
  type: 'text',
  text: words(tokens),
  ...(ttl === undefined ? {} : { cache_control: ttl === null ? null : { type: 'ephemeral', ttl } }),
})

async function provider(secondary: Partial<Parameters<typeof fastProvider>[0]> = {}) {
  const clock = movableClock()
  const claude = { format: 'anthropic' as const, model: MODEL }
  const gate = await testGate({
    providers: { primary: fastProvider(claude), secondary: fastProvider({ ...claude, ...secondary }) },
    clock,
  })
  const ask = async (
    params: Partial<Anthropic.MessageCreateParamsNonStreaming>,
    { stream = false, role = 'primary' as 'primary' | 'secondary' } = {},
  ) => {
    const url = gate.gate.urls[role].replace(/\/v1$/, '')
    const { messages } = new Anthropic({ baseURL: url, apiKey: KEYS[role], maxRetries: 0 })
    const body = {
      model: MODEL,
      max_tokens: 50,
      messages: [{ role: 'user' as const, content: words(10) }],
      ...params,
    }
    const answer = stream ? await messages.stream(body).finalMessage() : await messages.create(body)
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, cache_creation } =
      answer.usage
    expect(
      (cache_creation?.ephemeral_1h_input_tokens ?? 0) + (cache_creation?.ephemeral_5m_input_tokens ?? 0),
    ).toBe(cache_creation_input_tokens)
    return [
      input_tokens,
      cache_read_input_tokens,
      cache_creation_input_tokens,
      cache_creation?.ephemeral_1h_input_tokens,
    ]
  }
  return { ask, clock, recorded: gate.recorded }
}

describe('a simulated provider of Anthropic’s caches prompts as the vendor does', () => {
  it.each([false, true])(
    'writes a marked prefix once, and reads it after that (stream: %s)',
    async (stream) => {
      const { ask } = await provider()
      const system = [text(1200, '5m')]
      expect(await ask({ system }, { stream })).toEqual([10, 0, 1200, 0])
      expect(await ask({ system }, { stream })).toEqual([10, 1200, 0, 0])
      const other = { system, messages: [{ role: 'user' as const, content: words(33) }] }
      expect(await ask(other, { stream })).toEqual([33, 1200, 0, 0])
    },
  )

  it('caches nothing that nobody marked, that is too short, or that differs in a letter', async () => {
    const { ask } = await provider()
    expect(await ask({ system: words(1200) })).toEqual([1210, 0, 0, 0])
    expect(await ask({ system: [text(1023, '5m')] })).toEqual([1033, 0, 0, 0])
    expect(await ask({ system: [text(1024, '5m')] })).toEqual([10, 0, 1024, 0])
    expect(await ask({ system: [text(1025, '5m')] })).toEqual([10, 0, 1025, 0])
  })

  it.each([
    ['5m', 300_000, 0],
    ['1h', 3_600_000, 1200],
  ] as const)('keeps it for %s after its last use', async (ttl, ms, for1h) => {
    const { ask, clock } = await provider()
    const system = [text(1200, ttl)]
    expect(await ask({ system })).toEqual([10, 0, 1200, for1h])
    clock.forward(ms - 60_000)
    expect(await ask({ system })).toEqual([10, 1200, 0, 0])
    clock.forward(ms - 60_000)
    expect(await ask({ system })).toEqual([10, 1200, 0, 0])
    clock.forward(ms + 1)
    expect(await ask({ system })).toEqual([10, 0, 1200, for1h])
  })

  it('goes on from the longest prefix that it knows, to every further breakpoint', async () => {
    const { ask } = await provider()
    const tool = { name: 'look', input_schema: { type: 'object' as const }, description: words(1500) }
    const tools = [{ ...tool, cache_control: { type: 'ephemeral' as const, ttl: '1h' as const } }]
    const ofTool = Math.ceil(JSON.stringify(tool).length / 4)
    expect(await ask({ tools, system: [text(50, '5m')] })).toEqual([10, 0, ofTool + 50, ofTool])
    expect(await ask({ tools, system: [text(70, '5m')] })).toEqual([10, ofTool, 70, 0])
    const messages = [{ role: 'user' as const, content: [text(500), text(7, '5m')] }]
    expect(await ask({ tools, system: [text(70, '5m')], messages })).toEqual([0, ofTool + 70, 507, 0])
  })

  it('takes a mark at the top of a request for one on its last block', async () => {
    const { ask } = await provider()
    const marked = { system: words(1200), cache_control: { type: 'ephemeral' as const } }
    expect(await ask(marked)).toEqual([0, 0, 1210, 0])
    expect(await ask(marked)).toEqual([0, 1210, 0, 0])
  })

  it('looks back from a breakpoint over 20 blocks and no more', async () => {
    const { ask } = await provider()
    const system = [text(1200, '5m')]
    await ask({ system })
    const turn = (blocks: number) => ({
      system: [text(1200)],
      messages: [{ role: 'user' as const, content: [...Array(blocks - 1).fill(text(1)), text(1, '5m')] }],
    })
    expect(await ask(turn(19))).toEqual([0, 1200, 19, 0])
    expect(await ask(turn(41))).toEqual([0, 0, 1241, 0])
  })

  it('shares nothing between keys', async () => {
    const { ask } = await provider()
    const system = [text(1200, '5m')]
    await ask({ system })
    expect(await ask({ system }, { role: 'secondary' })).toEqual([10, 0, 1200, 0])
  })

  it('refuses a fifth breakpoint', async () => {
    const { ask } = await provider()
    const system = Array.from({ length: 5 }, () => text(300, '5m'))
    await expect(ask({ system })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('A maximum of 4 blocks with cache_control may be provided. Found 5.'),
    })
  })

  it('bills reading and writing at their own rates', async () => {
    const { ask, recorded } = await provider()
    const system = [text(2000, '1h')]
    await ask({ system })
    await ask({ system })
    const [wrote, read] = await recorded(2)
    expect(wrote).toMatchObject({ inputTokens: 2010, cacheWriteTokens: 2000, cacheWrite1hTokens: 2000 })
    expect(read).toMatchObject({ inputTokens: 2010, cacheReadTokens: 2000 })
    expect(read).not.toHaveProperty('cacheWriteTokens')
    const rest = (outputTokens: number) => (10 * 3 + outputTokens * 15) / 1e6
    expect(wrote!.costUsd).toBeCloseTo((2000 * 6) / 1e6 + rest(wrote!.outputTokens!), 9)
    expect(read!.costUsd).toBeCloseTo((2000 * 0.3) / 1e6 + rest(read!.outputTokens!), 9)
  })
})
