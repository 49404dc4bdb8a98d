import { describe, expect, it } from 'vitest'
import { tagsOf } from '../../../src/router/tags.ts'
import { chatBody, startPair, until, type PairOptions } from '../../support/router-pair.ts'
import {
  answers,
  breaksAfter,
  hangs,
  plainBody,
  refuses,
  sends,
  streamEvents,
} from '../../support/router-upstream.ts'

const chat = (more: object) =>
  JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'canary prompt' }], ...more })

/** The one record of one request. */
async function recordOf(options: PairOptions, ask: Parameters<typeof chatBody>[0] | string = false) {
  const pair = await startPair(options)
  const reply = await pair.ask(typeof ask === 'string' ? { body: ask } : { stream: ask })
  await until(() => pair.records.length > 0)
  expect(pair.records).toHaveLength(1)
  return { record: pair.records[0]!, reply }
}

describe('what the router tells about a request', () => {
  it('names who asked, who served, and what it took and cost', async () => {
    const pair = await startPair()
    const reply = await pair.ask({ headers: { 'x-gameday-tenant': 'acme', 'x-gameday-feature': 'search' } })
    expect(pair.records).toEqual([
      {
        id: reply.headers['x-gameday-request-id'],
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
        drill: null,
        tenant: 'acme',
        feature: 'search',
        stream: false,
        askedModel: 'gpt-4o-mini',
        role: 'primary',
        provider: 'test-primary',
        model: 'gpt-4o-mini',
        attempts: 1,
        chosen: null,
        guardrail: null,
        outcome: 'ok',
        class: null,
        inputTokens: 1000,
        outputTokens: 100,
        cacheReadTokens: null,
        cacheWriteTokens: null,
        costUsd: 0.002,
        promptCacheSavedUsd: 0,
        chargedUsd: null,
        firstTokenMs: null,
        durationMs: expect.any(Number) as unknown,
        text: null,
      },
    ])
  })

  it('knows when the first token of a stream came, within its duration', async () => {
    const { record } = await recordOf({}, true)
    expect(record).toMatchObject({ stream: true, outcome: 'ok', outputTokens: 100, costUsd: 0.002 })
    expect(record.firstTokenMs).toBeGreaterThan(0)
    expect(record.firstTokenMs).toBeLessThanOrEqual(record.durationMs)
  })

  it('takes the tags from the body’s metadata where no header gives them', async () => {
    const { record } = await recordOf({}, chat({ metadata: { tenant: 'acme', feature: 'draft' } }))
    expect(record).toMatchObject({ tenant: 'acme', feature: 'draft' })
  })

  it('names the drill whose load a request was', async () => {
    const { record } = await recordOf({}, chat({ messages: [{ role: 'user', content: 'hi\n[gd:r7x:m12]' }] }))
    expect(record.drill).toBe('r7x')
  })

  it('names the model that the serving provider was asked for', async () => {
    const { record } = await recordOf({
      primary: refuses('invalid-api-key'),
      targets: { secondary: { model: 'other' } },
    })
    expect(record).toMatchObject({
      role: 'secondary',
      askedModel: 'gpt-4o-mini',
      model: 'other',
      attempts: 2,
      outcome: 'ok',
    })
  })

  it.each<[string, PairOptions, string | boolean, object]>([
    [
      'both refused: the more telling of the two',
      { primary: refuses('invalid-api-key'), secondary: refuses('rate-limited') },
      false,
      { outcome: 'failed', class: 'credential', role: 'primary', attempts: 2, costUsd: 0 },
    ],
    [
      'a stream that broke off',
      { primary: breaksAfter(streamEvents('primary').role + streamEvents('primary').content.join('')) },
      true,
      { outcome: 'truncated', class: 'truncated', role: 'primary', attempts: 1, costUsd: null },
    ],
    [
      'nobody in time',
      { primary: hangs, secondary: hangs, config: { timeouts: { headers: '40ms', total: '30s' } } },
      false,
      { outcome: 'timeout', class: 'timeout', attempts: 2 },
    ],
    [
      'an answer that does not say its tokens',
      { primary: sends(200, plainBody('primary').replace('"usage"', '"used"')) },
      false,
      { outcome: 'ok', costUsd: null, inputTokens: null },
    ],
    [
      'a body that is no JSON',
      {},
      '{',
      { outcome: 'failed', class: 'caller-fault', attempts: 0, role: null },
    ],
  ])('tells of %s', async (_what, options, ask, expected) => {
    const { record } = await recordOf(options, ask)
    expect(record).toMatchObject(expected)
  })

  it('tells of a caller that hung up, whose cost nobody knows', async () => {
    const pair = await startPair({ primary: hangs })
    const leaving = new AbortController()
    const asked = pair.ask({ signal: leaving.signal }).catch(() => null)
    await until(() => pair.primary.asked.length > 0)
    leaving.abort()
    await asked
    await until(() => pair.records.length > 0)
    expect(pair.records[0]).toMatchObject({
      outcome: 'abandoned',
      class: null,
      role: 'primary',
      costUsd: null,
    })
  })

  it('tells of bypassed requests what their status says', async () => {
    const { record } = await recordOf({ bypass: 'secondary', secondary: refuses('rate-limited') })
    expect(record).toMatchObject({ role: 'secondary', outcome: 'failed', class: 'rate-limit', costUsd: null })
  })

  it('tells nothing of a list of models', async () => {
    const { router, records } = await startPair()
    await fetch(`${router.url}/models`).then((answer) => answer.text())
    expect(records).toEqual([])
  })
})

describe('the text of a request', () => {
  it.each([false, true])('is in no record unless asked for (stream: %s)', async (stream) => {
    const { record } = await recordOf({ primary: answers('primary') }, stream)
    expect(JSON.stringify(record)).not.toMatch(/canary prompt|Hello from/)
  })

  it.each([false, true])('is kept when asked for, both ways (stream: %s)', async (stream) => {
    const { record, reply } = await recordOf({ recordText: true }, stream)
    expect(record.text).toEqual({ request: chatBody(stream), answer: reply.text })
  })

  it('is cut at 64 KB', async () => {
    const { record } = await recordOf({ recordText: true }, chat({ user: 'x'.repeat(100_000) }))
    expect(record.text?.request).toHaveLength(64 * 1024)
  })
})

describe('tags', () => {
  it.each([
    ['blanks around them', { 'x-gameday-tenant': '  acme ' }, {}, 'acme'],
    ['an empty header: the body', { 'x-gameday-tenant': '' }, { metadata: { tenant: 'b' } }, 'b'],
    ['what is no text', {}, { metadata: { tenant: 7 } }, null],
    ['metadata that is null', {}, { metadata: null }, null],
    ['line breaks and escapes', {}, { metadata: { tenant: 'a\u001B[31m\nb' } }, 'a[31mb'],
    ['a very long one', { 'x-gameday-tenant': 'y'.repeat(300) }, {}, 'y'.repeat(100)],
  ])('are read from %s', (_what, headers, body, tenant) => {
    expect(tagsOf(headers, body)).toEqual({ tenant, feature: null })
  })
})
