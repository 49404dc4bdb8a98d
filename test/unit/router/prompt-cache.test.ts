import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock, type FormatId } from '../../../src/base/index.ts'
import { pricePerMillion } from '../../../src/providers/index.ts'
import type { RequestRecord } from '../../../src/record/index.ts'
import { startRouter, type RouterTarget } from '../../../src/router/index.ts'
import { fastProvider, KEYS, testGate } from '../../support/providers-gate.ts'
import { askPath, movableClock, routerConfig, startPair } from '../../support/router-pair.ts'

/** $3 in, $0.30 read, $3.75 and $6 written, $15 out; prefixes of 1024 tokens and more are cached. */
const MODEL = 'claude-sonnet-4-6'
const SYSTEM = 'Rule. '.repeat(800)
const SYSTEM_TOKENS = 1200

/** A router before a simulated provider of Anthropic's, behind its gate, and both official clients. */
async function claude(promptCache: 'off' | '5m' | '1h', router: object = {}) {
  const clock = movableClock()
  const provider = fastProvider({ format: 'anthropic', model: MODEL })
  const { gate, recorded } = await testGate({ providers: { primary: provider, secondary: provider }, clock })
  const records: RequestRecord[] = []
  const price = pricePerMillion(provider)!
  const target = (role: 'primary' | 'secondary'): RouterTarget => ({
    role,
    name: role,
    format: 'anthropic',
    baseUrl: gate.urls[role],
    key: KEYS[role],
    price,
  })
  const started = await startRouter({
    config: routerConfig({ promptCache, ...router }),
    targets: [target('primary'), target('secondary')],
    clock: systemClock,
    random: () => 0.5,
    bypass: null,
    onEvent: () => undefined,
    onRequest: (record) => records.push(record),
  })
  onTestFinished(() => started.stop())
  const anthropic = new Anthropic({ baseURL: started.url.replace(/\/v1$/, ''), apiKey: 'k', maxRetries: 0 })
  const openai = new OpenAI({ baseURL: started.url, apiKey: 'k', maxRetries: 0 })
  const ask = async (format: FormatId, question: string, stream: boolean): Promise<void> => {
    const user = { role: 'user' as const, content: question }
    if (format === 'anthropic') {
      const body = { model: MODEL, max_tokens: 50, system: SYSTEM, messages: [user] }
      if (stream) await anthropic.messages.stream(body).finalMessage()
      else await anthropic.messages.create(body)
    } else {
      const messages = [{ role: 'system' as const, content: SYSTEM }, user]
      const body = { model: MODEL, messages }
      if (stream)
        await openai.chat.completions
          .stream({ ...body, stream_options: { include_usage: true } })
          .finalChatCompletion()
      else await openai.chat.completions.create(body)
    }
  }
  return { ask, records, recorded, clock, anthropic }
}

describe('a router that lets Anthropic cache prompts', () => {
  it.each([
    ['anthropic', false],
    ['anthropic', true],
    ['openai', false],
    ['openai', true],
  ] as const)(
    'pays for the system text once, and says what that saved (client of %s, stream %s)',
    async (format, stream) => {
      const { ask, records, recorded } = await claude('5m')
      for (const question of ['One?', 'Two?', 'Three?']) await ask(format, question, stream)
      const [first, ...later] = records
      const wrote = (SYSTEM_TOKENS * (3 - 3.75)) / 1e6
      const read = (SYSTEM_TOKENS * (3 - 0.3)) / 1e6
      expect(first).toMatchObject({ cacheReadTokens: 0, cacheWriteTokens: SYSTEM_TOKENS })
      expect(first!.promptCacheSavedUsd).toBeCloseTo(wrote, 9)
      for (const record of later) {
        expect(record).toMatchObject({ cacheReadTokens: SYSTEM_TOKENS, cacheWriteTokens: 0 })
        expect(record.promptCacheSavedUsd).toBeCloseTo(read, 9)
      }
      const attempts = await recorded(3)
      for (const [index, { costUsd }] of attempts.entries())
        expect(records[index]!.costUsd).toBeCloseTo(costUsd!, 9)
    },
  )

  it('has it kept for an hour where it is told so, at the dearer price', async () => {
    const { ask, records, clock } = await claude('1h')
    await ask('anthropic', 'One?', false)
    clock.forward(3_000_000)
    await ask('anthropic', 'Two?', false)
    expect(records.map(({ cacheReadTokens }) => cacheReadTokens)).toEqual([0, SYSTEM_TOKENS])
    expect(records[0]!.promptCacheSavedUsd).toBeCloseTo((SYSTEM_TOKENS * (3 - 6)) / 1e6, 9)
  })

  it('has lost by it where nothing is asked again in time', async () => {
    const { ask, records, clock } = await claude('5m')
    await ask('anthropic', 'One?', false)
    clock.forward(300_001)
    await ask('anthropic', 'Two?', false)
    const saved = records.reduce((sum, { promptCacheSavedUsd }) => sum + promptCacheSavedUsd!, 0)
    expect(saved).toBeCloseTo((2 * SYSTEM_TOKENS * (3 - 3.75)) / 1e6, 9)
  })

  it('leaves a caller’s own marks as they are', async () => {
    const { anthropic, records } = await claude('5m')
    const cache_control = { type: 'ephemeral' as const, ttl: '1h' as const }
    const { usage } = await anthropic.messages.create({
      model: MODEL,
      max_tokens: 50,
      system: [...Array(4)].map(() => ({ type: 'text' as const, text: SYSTEM, cache_control })),
      messages: [{ role: 'user', content: 'One?' }],
    })
    expect(usage.cache_creation?.ephemeral_1h_input_tokens).toBe(4 * SYSTEM_TOKENS)
    expect(records[0]).toMatchObject({ outcome: 'ok', cacheWriteTokens: 4 * SYSTEM_TOKENS })
  })

  it('places nothing unless it is told to', async () => {
    const { ask, records } = await claude('off')
    await ask('anthropic', 'One?', false)
    expect(records[0]).toMatchObject({ cacheReadTokens: 0, cacheWriteTokens: 0, promptCacheSavedUsd: 0 })
  })

  it('reckons with writing before it sends, where a guardrail limits the cost', async () => {
    // 1209 tokens in at $3, $3.75 and $6 are $0.0036, $0.0045 and $0.0073, and 50 out $0.00075.
    const guardrails = { request: { cost: '$0.006' }, degrade: ['refuse'] }
    const fits = await claude('5m', { guardrails })
    await fits.ask('anthropic', 'One?', false)
    expect(fits.records[0]).toMatchObject({ outcome: 'ok' })
    const tooDear = await claude('1h', { guardrails })
    await expect(tooDear.ask('anthropic', 'One?', false)).rejects.toMatchObject({ status: 402 })
  })
})

describe('what goes to a provider', () => {
  const body = (more: object) => JSON.stringify({ model: 'm', max_tokens: 9, messages: [], ...more }, null, 1)

  it.each([
    ['what is too short to be cached, to Anthropic', 'anthropic', '/messages', { system: 'Be brief.' }],
    [
      'anything to OpenAI',
      'openai',
      '/chat/completions',
      { messages: [{ role: 'system', content: SYSTEM }] },
    ],
  ] as const)('is untouched: %s', async (_, format, path, more) => {
    const pair = await startPair({
      config: { promptCache: '5m' },
      targets: { primary: { format }, secondary: { format } },
    })
    await askPath(pair.router.url, path, { body: body(more) })
    expect(pair.primary.asked[0]!.body).toBe(body(more))
  })

  it('holds the same question but for the marks', async () => {
    const pair = await startPair({
      config: { promptCache: '5m' },
      targets: { primary: { format: 'anthropic' }, secondary: { format: 'anthropic' } },
    })
    const asked = { system: SYSTEM, temperature: 0.5, unknown: { kept: [1, null] } }
    await askPath(pair.router.url, '/messages', { body: body(asked) })
    expect(JSON.parse(pair.primary.asked[0]!.body)).toEqual({
      ...JSON.parse(body(asked)),
      system: [{ type: 'text', text: SYSTEM, cache_control: { type: 'ephemeral' } }],
    })
  })
})
