import { describe, expect, it } from 'vitest'
import type { GateFaultSpec } from '../../../src/providers/index.ts'
import { openaiFormat } from '../../../src/wire/index.ts'
import { fastProvider, KEYS, MODEL, testGate } from '../../support/providers-gate.ts'
import { startPair } from '../../support/router-pair.ts'

/** The router in front of a gate, whose primary has a fault. */
async function routerUnder(fault: GateFaultSpec, interTokenMs = 1) {
  const interToken = { p50: interTokenMs, p95: interTokenMs }
  const provider = fastProvider({ interToken, outputTokens: { least: 12, most: 12 } })
  const { gate, control } = await testGate({ providers: { primary: provider, secondary: provider } })
  await control.apply({ id: 'f1', provider: 'primary', fault, capMs: 60_000 })
  const target = (role: 'primary' | 'secondary') => ({
    baseUrl: gate.urls[role],
    key: KEYS[role],
    model: MODEL,
  })
  const pair = await startPair({
    targets: { primary: target('primary'), secondary: target('secondary') },
    config: { timeouts: { headers: '1s', firstToken: '700ms', interToken: '600ms' } },
  })
  return { ...pair, control }
}

const whole = (text: string, stream: boolean) => {
  if (!stream) return openaiFormat.readAnswer(text).ok
  const reader = openaiFormat.streamReader()
  reader.push(Buffer.from(text))
  return reader.end().ok
}

describe('a fault of the primary that shows before its first content', () => {
  it.each<[GateFaultSpec, boolean]>([
    [{ kind: 'rate-limited', retryAfter: 2000, share: 1 }, true],
    [{ kind: 'rate-limited', share: 1 }, false],
    [{ kind: 'quota-exhausted', share: 1 }, true],
    [{ kind: 'server-error', share: 1 }, false],
    [{ kind: 'overloaded', status: 529, share: 1 }, true],
    [{ kind: 'request-refused', shape: 'context-too-long', share: 1 }, true],
    [{ kind: 'request-refused', shape: 'tools-unsupported', share: 1 }, false],
    [{ kind: 'slow-headers', delay: 60_000, share: 1 }, false],
    [{ kind: 'slow-headers', delay: 60_000, share: 1 }, true],
    [{ kind: 'slow-first-token', delay: 60_000, share: 1 }, true],
    [{ kind: 'pings-only', shape: 'comments', every: 50, share: 1 }, true],
    [{ kind: 'pings-only', shape: 'events', every: 50, share: 1 }, true],
    [{ kind: 'stream-error', error: 'overloaded', afterTokens: 0, share: 1 }, true],
    [{ kind: 'stream-error', error: 'insufficient-quota', afterTokens: 0, share: 1 }, true],
    [{ kind: 'malformed-chunk', afterTokens: 0, share: 1 }, true],
    [{ kind: 'empty-answer', share: 1 }, false],
    [{ kind: 'empty-answer', share: 1 }, true],
    [{ kind: 'wrong-content-type', shape: 'html', share: 1 }, false],
    [{ kind: 'wrong-content-type', shape: 'html', share: 1 }, true],
  ])('costs no caller an answer: %o (stream: %s)', async (fault, stream) => {
    const { ask } = await routerUnder(fault)
    const reply = await ask({ stream })
    expect(reply).toMatchObject({ status: 200, servedBy: 'secondary', clean: true })
    expect(whole(reply.text, stream)).toBe(true)
  })

  it.each<[GateFaultSpec, number]>([
    [{ kind: 'quota-exhausted', share: 1 }, 1],
    [{ kind: 'stream-error', error: 'insufficient-quota', afterTokens: 0, share: 1 }, 1],
    [{ kind: 'rate-limited', retryAfter: 60_000, share: 1 }, 1],
    [{ kind: 'rate-limited', share: 1 }, 3],
    [{ kind: 'empty-answer', share: 1 }, 3],
  ])('opens its circuit: %o after %i', async (fault, needed) => {
    const { ask, states } = await routerUnder(fault)
    for (let n = 1; n <= needed; n++) {
      expect(states()).toEqual([])
      await ask({ stream: true })
    }
    expect(states()).toEqual(['open'])
    expect(await ask({ stream: true })).toMatchObject({ servedBy: 'secondary', attempts: '1' })
  })

  it('that means a smaller model speaks against nobody', async () => {
    const { ask, states } = await routerUnder({
      kind: 'request-refused',
      shape: 'context-too-long',
      share: 1,
    })
    for (let n = 0; n < 4; n++) await ask()
    expect(states()).toEqual([])
  })
})

describe('a fault of the primary in the middle of a stream', () => {
  it.each<GateFaultSpec>([
    { kind: 'stalled-stream', afterTokens: 3, share: 1 },
    { kind: 'truncated-stream', afterTokens: 3, share: 1 },
    { kind: 'stream-error', error: 'server-error', afterTokens: 3, share: 1 },
    { kind: 'malformed-chunk', afterTokens: 3, share: 1 },
  ])('is told to three callers and met by no fourth: $kind', async (fault) => {
    // Slow enough that the first tokens have gone out when it strikes: what comes with the first is still saved.
    const { ask } = await routerUnder(fault, 40)
    for (let n = 0; n < 3; n++) {
      const reply = await ask({ stream: true })
      expect(reply).toMatchObject({ servedBy: 'primary', clean: false })
      expect(whole(reply.text, true)).toBe(false)
    }
    expect(await ask({ stream: true })).toMatchObject({ servedBy: 'secondary', clean: true })
  })
})

describe('a fault of the primary that is no failure', () => {
  it.each<[GateFaultSpec, boolean]>([
    [{ kind: 'wrong-content-type', shape: 'plain-text', share: 1 }, true],
    [{ kind: 'wrong-content-type', shape: 'plain-text', share: 1 }, false],
    [{ kind: 'long-answer', factor: 20, share: 1 }, true],
    [{ kind: 'price-multiplied', factor: 3, share: 1 }, true],
  ])('is served as ever: %o (stream: %s)', async (fault, stream) => {
    const { ask, states } = await routerUnder(fault)
    const reply = await ask({ stream })
    expect(reply).toMatchObject({ status: 200, servedBy: 'primary', attempts: '1', clean: true })
    expect(whole(reply.text, stream)).toBe(true)
    expect(states()).toEqual([])
  })
})
