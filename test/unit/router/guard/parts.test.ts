import { describe, expect, it, test } from 'vitest'
import { configSchema, embeddedRouterOf } from '../../../../src/config/index.ts'
import { DayBudgets } from '../../../../src/router/guard/budgets.ts'
import { estimateTokens } from '../../../../src/router/guard/estimate.ts'
import { hasLimits, limitsOf } from '../../../../src/router/guard/limits.ts'
import { capTokensOut, statedTokensOut } from '../../../../src/router/guard/tokens-out.ts'
import { truncate } from '../../../../src/router/guard/truncate.ts'
import { testClock } from '../../../support/test-clock.ts'

const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })
const system = (content: string) => ({ role: 'system', content })

describe('the estimate of tokens', () => {
  it.each([
    ['400 letters', { messages: [user('x'.repeat(396))] }, 4 + 100],
    ['bytes, not letters: 100 Chinese characters', { messages: [user('世'.repeat(100))] }, 4 + 76],
    ['every message', { messages: [user('abc'), user('abc')] }, 2 * (4 + 2)],
    ['parts of a text', { messages: [user([{ type: 'text', text: 'x'.repeat(392) }])] }, 4 + 100],
    [
      'an image at a fixed amount, however long its data',
      {
        messages: [
          user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(9000)}` } }]),
        ],
      },
      4 + 1601,
    ],
    ['instructions beside the messages', { system: 'x'.repeat(98), messages: [] }, 25],
    ['tools, with the names of their fields', { tools: [{ name: 'a' }], messages: [] }, 4],
    ['a body without messages', {}, 0],
  ])('counts %s', (_what, body, tokens) => {
    expect(estimateTokens(body)).toBe(tokens)
  })
})

describe('truncating', () => {
  const messages = [
    system('be brief'),
    user('one '.repeat(100)),
    assistant('1 '.repeat(100)),
    user('two '.repeat(100)),
    assistant('2 '.repeat(100)),
    user('three'),
  ]
  const kept = (most: number) =>
    (truncate({ model: 'm', messages }, most)?.['messages'] as { content: string }[] | undefined)?.map(
      ({ content }) => content.slice(0, 3),
    )

  it('leaves out whole turns, the oldest first, and keeps system text and last turn', () => {
    expect(kept(10_000)).toHaveLength(6)
    expect(kept(200)).toEqual(['be ', 'two', '2 2', 'thr'])
    expect(kept(20)).toEqual(['be ', 'thr'])
  })

  it('gives up where system text and last turn alone are too many', () => {
    expect(kept(5)).toBeUndefined()
    expect(truncate({ messages: [user('x'.repeat(4000))] }, 100)).toBeNull()
    expect(truncate({ messages: [] }, 100)).toBeNull()
  })

  it('is estimated at no more than was wanted, whatever the conversation', () => {
    const limits = Array.from({ length: 56 }, (_, index) => 10 + 7 * index)
    const over = limits.filter((most) => {
      const shorter = truncate({ messages }, most)
      return shorter !== null && estimateTokens(shorter) > most
    })
    expect(over).toEqual([])
    expect(limits.filter((most) => truncate({ messages }, most) !== null).length).toBeGreaterThan(50)
  })

  it.each([
    ['OpenAI’s', { role: 'tool', tool_call_id: 'c1', content: 'result '.repeat(50) }],
    ['Anthropic’s', user([{ type: 'tool_result', tool_use_id: 'c1', content: 'result '.repeat(50) }])],
  ])('never keeps a tool’s result without its call: %s', (_whose, result) => {
    const call = { role: 'assistant', content: null, tool_calls: [{ id: 'c1' }] }
    const talk = [user('first'), call, result, assistant('so'), user('next')]
    const shorter = truncate({ messages: talk }, 60)
    expect(shorter?.['messages']).toEqual([user('next')])
    expect(truncate({ messages: talk }, 200)?.['messages']).toEqual(talk)
  })

  it('keeps what a tool said within the last turn', () => {
    const talk = [
      user('old '.repeat(200)),
      user('now'),
      { role: 'assistant', content: null },
      { role: 'tool', content: 'r' },
    ]
    expect(truncate({ messages: talk }, 50)?.['messages']).toEqual(talk.slice(1))
  })
})

describe('the most tokens of an answer', () => {
  it.each([
    ['is written where the request does not say', { model: 'gpt-4o' }, { model: 'gpt-4o', max_tokens: 50 }],
    ['is lowered', { max_tokens: 80 }, { max_tokens: 50 }],
    [
      'is lowered under the name that the request uses',
      { max_completion_tokens: 80 },
      { max_completion_tokens: 50 },
    ],
    [
      'goes by its newer name to models that refuse the older',
      { model: 'o3-mini' },
      { model: 'o3-mini', max_completion_tokens: 50 },
    ],
    ['is left where it is low enough', { max_tokens: 50 }, null],
  ])('%s', (_what, body, capped) => {
    expect(capTokensOut(body, 50)).toEqual(capped)
  })

  it('is unknown where neither name is there', () => {
    expect([statedTokensOut({}), statedTokensOut({ max_tokens: 9 })]).toEqual([null, 9])
  })
})

describe('limits', () => {
  const config = embeddedRouterOf(
    configSchema.parse({
      version: 1,
      router: {
        guardrails: {
          request: { tokensIn: 1000, cost: '$0.05' },
          tenants: { birch: { cost: '$0.01', day: '$1' } },
          features: { chat: { tokensIn: 500, tokensOut: 20 } },
          day: '$5',
        },
      },
    }),
  ).guardrails

  it.each([
    [null, null, 1000, Infinity, 0.05, 5],
    ['birch', null, 1000, Infinity, 0.01, 1],
    ['birch', 'chat', 500, 20, 0.01, 1],
    ['alder', 'search', 1000, Infinity, 0.05, 5],
    ['constructor', '__proto__', 1000, Infinity, 0.05, 5],
  ])(
    'of %s and %s are the strictest of all that apply',
    (tenant, feature, tokensIn, tokensOut, costUsd, dayUsd) => {
      expect(limitsOf(config, { tenant, feature })).toEqual({ tokensIn, tokensOut, costUsd, dayUsd })
    },
  )

  it('are none unless some are set', () => {
    expect(hasLimits(embeddedRouterOf(configSchema.parse({ version: 1 })).guardrails)).toBe(false)
    expect(hasLimits(config)).toBe(true)
  })
})

describe('a budget for the day', () => {
  test('counts what is spent and what is held back, for each tenant apart', () => {
    const budgets = new DayBudgets(testClock())
    const settle = budgets.reserve('a', 3)
    budgets.reserve('a', 1)
    expect([budgets.committed('a'), budgets.committed('b'), budgets.committed(null)]).toEqual([4, 0, 0])
    settle(2)
    expect(budgets.committed('a')).toBe(3)
  })

  test('begins anew at midnight UTC, and what was asked before belongs to the day before', () => {
    const clock = testClock()
    const budgets = new DayBudgets(clock)
    clock.setWall(new Date('2026-11-20T23:59:59.999Z'))
    const settle = budgets.reserve('a', 3)
    clock.setWall(new Date('2026-11-21T00:00:00Z'))
    settle(2)
    expect(budgets.committed('a')).toBe(0)
  })

  test('counts on top what others have spent that day, for each tenant', () => {
    const clock = testClock()
    clock.setWall(new Date('2026-11-20T23:59:59.999Z'))
    const elsewhere = (day: string, tenant: string | null) => (day === '2026-11-20' && tenant === 'a' ? 5 : 0)
    const budgets = new DayBudgets(clock, elsewhere)
    budgets.reserve('a', 3)
    expect([budgets.committed('a'), budgets.committed('b'), budgets.committed(null)]).toEqual([8, 0, 0])
    clock.setWall(new Date('2026-11-21T00:00:00Z'))
    expect(budgets.committed('a')).toBe(0)
  })

  test('does not grow with names that callers invent, nor let them out of a budget', () => {
    const budgets = new DayBudgets(testClock())
    budgets.reserve('known', 1)
    for (let i = 0; i < 10_500; i++) budgets.reserve(`invented-${i}`, 1)
    expect(budgets.committed('known')).toBe(1)
    expect(budgets.committed('invented-1')).toBe(1)
    expect(budgets.committed('one more')).toBeGreaterThan(400)
  })
})
