import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { FORMAT_IDS, type FormatId } from '../../../../src/base/index.ts'
import { formatOf, type ErrorKind } from '../../../../src/wire/index.ts'
import { anthropicAnswers, textStream, TOOL_CALL, toolStream } from '../../../support/router-anthropic.ts'
import { clientOf } from '../../../support/router-clients.ts'
import { openaiAnswers, openaiToolStream } from '../../../support/router-openai.ts'
import { startPair } from '../../../support/router-pair.ts'
import { breaksAfter, sends, streamEvents, streams, type Script } from '../../../support/router-upstream.ts'

const speaks = (format: FormatId, who: string): Script =>
  format === 'openai' ? openaiAnswers(who) : anthropicAnswers(who)
const refuses =
  (format: FormatId, kind: ErrorKind): Script =>
  (response) => {
    const { status, headers, body } = formatOf(format).errorAnswer(kind, { requestId: 'req_upstream' })
    response.writeHead(status, headers)
    response.end(body)
  }
/** A router before two providers of these formats. */
const pairOf = (primary: FormatId, secondary: FormatId, scripts: { primary?: Script } = {}) =>
  startPair({
    primary: scripts.primary ?? speaks(primary, 'primary'),
    secondary: speaks(secondary, 'secondary'),
    targets: { primary: { format: primary }, secondary: { format: secondary } },
  })

const both = FORMAT_IDS.flatMap((caller) => FORMAT_IDS.map((provider) => ({ caller, provider })))
const bothWays = both.flatMap((one) => [false, true].map((stream) => ({ ...one, stream })))

describe.each(bothWays)(
  'the $caller package at a provider of $provider, stream: $stream',
  ({ caller, provider, stream }) => {
    it('reads an answer, whose id tells who made it', async () => {
      const { router, primary } = await pairOf(provider, provider)
      const told = await clientOf(caller, router.url).ask({ stream })
      expect(told).toMatchObject({ text: 'Hello from primary. Grüße, 世界 🌍', call: null, finish: 'done' })
      expect(told.id).toBe(`${formatOf(provider).idPrefix}primary`)
      const [asked] = primary.asked
      expect(asked?.path).toBe(provider === 'openai' ? '/v1/chat/completions' : '/v1/messages')
      expect(formatOf(provider).readRequest(JSON.parse(asked!.body)).lastUserText).toBe(
        'Is it warm in Zürich? 🌍',
      )
      expect(asked?.body).toContain('Be brief.')
    })

    it('reads the call of a tool and every token, the cached ones too', async () => {
      const { router } = await pairOf(provider, provider)
      const told = await clientOf(caller, router.url).ask({ stream, tool: 'offered' })
      expect(told).toMatchObject({ text: 'Let me look.', call: TOOL_CALL, finish: 'call' })
      expect(told).toMatchObject({ tokensIn: 100, tokensOut: 20, cached: 87 })
    })

    it('gives the tool’s result and goes on', async () => {
      const { router, primary } = await pairOf(provider, provider)
      const told = await clientOf(caller, router.url).ask({ stream, tool: 'answered' })
      expect(told).toMatchObject({ text: 'Hello from primary. Grüße, 世界 🌍', call: null, finish: 'done' })
      expect(primary.asked[0]?.body).toContain('sunny')
    })

    it('is answered by a secondary of the other format when the key of the primary is revoked', async () => {
      const other = provider === 'openai' ? 'anthropic' : 'openai'
      const revoked = refuses(provider, provider === 'openai' ? 'invalid-api-key' : 'organization-disabled')
      const { router, states } = await pairOf(provider, other, { primary: revoked })
      const client = clientOf(caller, router.url)
      const told = await client.ask({ stream, tool: 'offered' })
      expect(told).toMatchObject({ call: TOOL_CALL, id: `${formatOf(other).idPrefix}secondary` })
      expect(states()).toEqual(['open'])
    })
  },
)

describe.each(both)('the $caller package at providers of $provider', ({ caller, provider }) => {
  const failing = async (kind: ErrorKind, stream = false) => {
    const { router } = await startPair({
      primary: refuses(provider, kind),
      secondary: refuses(provider, kind),
      targets: { primary: { format: provider }, secondary: { format: provider } },
    })
    const error: unknown = await clientOf(caller, router.url)
      .ask({ stream })
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof OpenAI.APIError || error instanceof Anthropic.APIError)) throw error
    return error
  }

  it.each<[ErrorKind, string]>([
    ['invalid-api-key', 'AuthenticationError'],
    ['organization-disabled', 'AuthenticationError'],
    ['rate-limited', 'RateLimitError'],
    ['overloaded', caller === 'openai' ? 'InternalServerError' : 'OverloadedError'],
    ['server-error', 'InternalServerError'],
    ['model-not-found', 'NotFoundError'],
    ['unparsable-body', 'BadRequestError'],
  ])('throws what the vendor’s clients know: %s is an %s', async (kind, name) => {
    const error = await failing(kind)
    expect(error.constructor.name).toBe(name)
    expect(error).toBeInstanceOf(caller === 'openai' ? OpenAI.APIError : Anthropic.APIError)
    expect(error.message.length).toBeGreaterThan(10)
  })

  it('throws for a stream as for a plain answer', async () => {
    expect((await failing('insufficient-quota', true)).status).toBe(429)
  })

  it.each(['an error event', 'a broken connection'])(
    'throws when a stream fails after its first words: %s',
    async (how) => {
      const words =
        provider === 'openai'
          ? [streamEvents('p').role, ...streamEvents('p').content]
          : textStream('p').slice(0, 5)
      const event = formatOf(provider).errorEvent(
        formatOf(provider).errorBody({ type: 'overloaded', code: null, message: 'Overloaded' }),
      )
      const script = how === 'an error event' ? streams(...words, event) : breaksAfter(...words)
      const { router } = await pairOf(provider, provider, { primary: script })
      await expect(clientOf(caller, router.url).ask({ stream: true })).rejects.toThrow(
        how === 'an error event' ? 'Overloaded' : 'the stream broke off',
      )
    },
  )

  it('falls over when the stream fails before its first words', async () => {
    const lifecycle = provider === 'openai' ? [streamEvents('p').role] : textStream('p').slice(0, 3)
    const { router } = await pairOf(provider, provider, { primary: breaksAfter(...lifecycle) })
    const told = await clientOf(caller, router.url).ask({ stream: true })
    expect(told.id).toBe(`${formatOf(provider).idPrefix}secondary`)
  })

  it('lists the models', async () => {
    const list =
      provider === 'openai'
        ? { object: 'list', data: [{ id: 'm1', object: 'model', created: 1, owned_by: 'x' }] }
        : {
            data: [{ type: 'model', id: 'm1', display_name: 'M1', created_at: '2026-01-01T00:00:00Z' }],
            has_more: false,
            first_id: 'm1',
            last_id: 'm1',
          }
    const { router } = await pairOf(provider, provider, { primary: sends(200, JSON.stringify(list)) })
    expect(await clientOf(caller, router.url).models()).toEqual(['m1'])
  })
})

it.each(FORMAT_IDS)(
  'asks a caller of %s for the router’s own key where its package sends it',
  async (caller) => {
    const { router } = await startPair({ clientKey: 'right', secondary: speaks('openai', 's') })
    expect(await clientOf(caller, router.url, 'right').ask({ stream: false })).toMatchObject({
      finish: 'done',
    })
    await expect(clientOf(caller, router.url, 'wrong').ask({ stream: false })).rejects.toMatchObject({
      status: 401,
    })
  },
)

it.each([
  ['openai', toolStream('p'), 'anthropic'],
  ['anthropic', openaiToolStream('p'), 'openai'],
] as const)(
  'writes a stream for the %s package with each event in a read of its own',
  async (caller, events, provider) => {
    const { router } = await pairOf(provider, provider, { primary: streams(...events) })
    const told = await clientOf(caller, router.url).ask({ stream: true, tool: 'offered' })
    expect(told).toMatchObject({ call: TOOL_CALL, finish: 'call', tokensIn: 100 })
  },
)
