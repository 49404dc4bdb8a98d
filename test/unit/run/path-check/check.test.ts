import { describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../../../../src/base/index.ts'
import { vendorPath } from '../../../../src/providers/index.ts'
import { checkPath } from '../../../../src/run/path-check/check.ts'
import type { ProxyState } from '../../../../src/toxiproxy/index.ts'
import { toxiproxyControl } from '../../../../src/toxiproxy/index.ts'
import { pathRouter, type PathFlaw } from '../../../support/path-routers.ts'
import { fastProvider, KEYS, MODEL, testGate, TOKEN } from '../../../support/providers-gate.ts'

/** Waits a fifth as long for what the gates have to tell, since they tell it at once. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 5, signal) }

/** A path check of a router with a flaw, on a gate with both providers behind it. */
async function checked(
  flaw: PathFlaw | 'absent',
  { proxy = {}, streams = true }: { proxy?: Partial<ProxyState>; streams?: boolean } = {},
) {
  // A stream of some 150 ms, so that one that is held back until it is whole can be told from one that is not.
  const provider = fastProvider({
    interToken: { p50: 8, p95: 10 },
    outputTokens: { least: 18, most: 20 },
  })
  const { gate, control } = await testGate({ providers: { primary: provider, secondary: provider } })
  const url =
    flaw === 'absent' ? 'http://127.0.0.1:9/v1' : await pathRouter(flaw, { ...gate.urls, keys: KEYS })
  const found = { name: 'p', listen: '', upstream: '', enabled: true, toxics: [], ...proxy }
  const proxyOf = (role: 'primary' | 'secondary') => ({ name: role, url: gate.urls[role] })
  const check = () =>
    checkPath({
      router: {
        url,
        model: flaw === 'maps-model' ? 'our-chat' : MODEL,
        key: 'k',
        format: 'openai',
        headers: {},
      },
      stage: {
        gate: control,
        toxiproxy: {
          ...toxiproxyControl({ url: gate.controlUrl, timeoutMs: 100 }),
          getProxy: () => Promise.resolve(found),
        },
        proxies: { primary: proxyOf('primary'), secondary: proxyOf('secondary') },
        keys: KEYS,
      },
      providers: { primary: provider, secondary: provider },
      prompt: { tenant: 'acme', feature: 'chat', context: 'short', text: 'Where is my order?' },
      streams,
      timeoutMs: 5000,
      runTag: 'abc',
      clock: hasty,
    })
  return { control, gate, check }
}

const lastOf = async (flaw: PathFlaw | 'absent') => (await (await checked(flaw)).check()).at(-1)

describe('the way through a router', () => {
  it('is found good where it is, in eight looks', async () => {
    const { check } = await checked('none')
    const findings = await check()
    expect(findings.filter(({ passed }) => !passed)).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'stage is whole',
      'way to the gates',
      'providers answer',
      'router answers',
      'router asks the stage',
      'answers say who served',
      'streams stream',
      'model',
    ])
    expect(findings.at(-2)?.detail).toContain('before the provider has sent the last')
    expect(findings.at(-1)?.detail).toBe('gpt-4o-mini, at the providers as well')
  })

  it.each<{ flaw: PathFlaw | 'absent'; check: string; says: RegExp; hint: RegExp }>([
    {
      flaw: 'absent',
      check: 'router answers',
      says: /nobody answers at .*ECONNREFUSED/,
      hint: /Start the router/,
    },
    {
      flaw: 'wants-a-key',
      check: 'router answers',
      says: /refuses the key itself .*401/,
      hint: /router\.key/,
    },
    {
      flaw: 'other-gate-key',
      check: 'router answers',
      says: /a key that the stage does not know/,
      hint: /keys/,
    },
    { flaw: 'web-page', check: 'router answers', says: /a web page \(200, text\/html\)/, hint: /\/v1/ },
    { flaw: 'http2-only', check: 'router answers', says: /speaks HTTP\/2 alone/, hint: /HTTP\/1\.1/ },
    { flaw: 'no-http', check: 'router answers', says: /does not speak HTTP/, hint: /address/ },
    {
      flaw: 'knows-no-model',
      check: 'router answers',
      says: /404: .* no model gpt-4o-mini/,
      hint: /router\.model/,
    },
    {
      flaw: 'goes-elsewhere',
      check: 'router asks the stage',
      says: /not pointed at the stage/,
      hint: /Point it at/,
    },
    {
      flaw: 'half-elsewhere',
      check: 'router asks the stage',
      says: /for one provider only: 3 of 6/,
      hint: /Point/,
    },
    {
      flaw: 'asks-the-secondary',
      check: 'router asks the stage',
      says: /the secondary alone/,
      hint: /primary first/,
    },
    {
      flaw: 'strips-marker',
      check: 'router asks the stage',
      says: /the marker was stripped/,
      hint: /last user message/,
    },
    {
      flaw: 'rewrites-answers',
      check: 'answers say who served',
      says: /rewrites the answers: 6 of 6/,
      hint: /id/,
    },
    {
      flaw: 'no-streams',
      check: 'streams stream',
      says: /turned off in the router: 3 of 3/,
      hint: /streams: 0%/,
    },
  ])(
    'is not ready where the router has the flaw $flaw, with one sentence and what to do',
    async ({ flaw, ...wanted }) => {
      const found = await lastOf(flaw)
      expect(found).toMatchObject({ check: wanted.check, passed: false })
      expect(found?.detail).toMatch(wanted.says)
      expect(found?.hint).toMatch(wanted.hint)
    },
  )

  it('is ready where the router buffers streams or maps the model, and says so', async () => {
    const buffers = await (await checked('buffers-streams')).check()
    expect(buffers.every(({ passed }) => passed)).toBe(true)
    expect(buffers.find(({ check }) => check === 'streams stream')?.detail).toContain('buffers streams')
    expect((await lastOf('maps-model'))?.detail).toBe(
      'the router maps the model our-chat: the primary is asked for gpt-4o-mini',
    )
  })

  it('is not ready where a key is dead before anything is broken', async () => {
    const { check, control, gate } = await checked('none')
    await control.vendorKey(`${gate.controlUrl}${vendorPath(TOKEN, 'secondary')}`, 'revoke')
    const found = (await check()).at(-1)
    expect(found).toMatchObject({ check: 'providers answer', passed: false })
    expect(found?.detail).toMatch(/the key of the secondary, .* is dead before anything is broken: .*401/)
  })

  it('is not ready where the stage is not whole: a fault of the gate, a toxic, a disabled proxy', async () => {
    const toxic = { name: 'slow', type: 'latency', stream: 'downstream', toxicity: 1, attributes: {} }
    const { check, control } = await checked('none', { proxy: { enabled: false, toxics: [toxic] } })
    await control.apply({
      id: 'x-f0',
      provider: 'primary',
      fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 },
      capMs: 60_000,
    })
    const [found] = await check()
    expect(found).toMatchObject({ check: 'stage is whole', passed: false })
    for (const part of ['revoke-key (x-f0) at the gate of the primary', 'the toxic slow', 'is disabled'])
      expect(found?.detail).toContain(part)
  })
})
