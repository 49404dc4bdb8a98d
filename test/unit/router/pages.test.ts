import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { KEYS, startPair, until, type Pair } from '../../support/router-pair.ts'
import { hangs, refuses } from '../../support/router-upstream.ts'

const page = async (pair: Pair, path: string, options: Parameters<typeof request>[1] = {}) => {
  const answer = await request(`http://127.0.0.1:${pair.router.port}${path}`, options)
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}
const metrics = () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'x 1\n' })

describe('the pages of the router', () => {
  it.each([
    ['/healthz', 'alive\n'],
    ['/readyz', 'ready\n'],
    ['/metrics', 'x 1\n'],
  ])('answer %s, also to HEAD, and are only read', async (path, text) => {
    const pair = await startPair({ metrics })
    expect(await page(pair, `${path}?verbose=1`)).toMatchObject({ status: 200, text })
    expect(await page(pair, path, { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': String(text.length), 'cache-control': 'no-store' },
    })
    expect(await page(pair, path, { method: 'POST', body: 'x' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    })
  })

  it('are the router’s own while it is bypassed, too', async () => {
    const pair = await startPair({ bypass: 'secondary' })
    expect(await page(pair, '/readyz')).toMatchObject({ status: 200 })
    expect(JSON.parse((await page(pair, '/state')).text)).toMatchObject({
      state: 'bypassed',
      bypass: { to: 'secondary' },
    })
    expect((await page(pair, '/metrics')).status).toBe(200)
    expect(pair.secondary.asked.map(({ path }) => path)).toEqual(['/v1/metrics'])
  })

  it.each([
    ['/healthz', 200],
    ['/readyz', 200],
    ['/state', 401],
    ['/metrics', 401],
  ])('ask for the client’s key where there is one, but no probe: %s %s', async (path, status) => {
    const pair = await startPair({ metrics, clientKey: 'client-key' })
    expect((await page(pair, path)).status).toBe(status)
    expect((await page(pair, path, { headers: { authorization: 'Bearer client-key' } })).status).toBe(200)
  })

  it('are ready although every circuit is open: only a live request can close one', async () => {
    const pair = await startPair({
      primary: refuses('invalid-api-key'),
      secondary: refuses('insufficient-quota'),
    })
    await pair.ask()
    expect(pair.router.state().targets.map(({ circuit }) => circuit.state)).toEqual(['open', 'open'])
    expect(await page(pair, '/readyz')).toMatchObject({ status: 200 })
  })

  it('tell no key and nothing that was asked or answered', async () => {
    const pair = await startPair({
      primary: refuses('invalid-api-key', { key: KEYS.primary }),
      clientKey: 'client-key',
    })
    const headers = { authorization: 'Bearer client-key' }
    await pair.ask({ headers })
    const { text } = await page(pair, '/state', { headers })
    expect(text).toContain('"class": "credential"')
    for (const secret of [...Object.values(KEYS), 'client-key', 'canary prompt', 'Hello from'])
      expect(text).not.toContain(secret)
  })

  it('say 503 for as long as it is configured before no more connections are taken, and answers then close theirs', async () => {
    const pair = await startPair({
      primary: hangs,
      config: { drainLead: '300ms', timeouts: { total: '1s' } },
    })
    const gone = pair.ask().catch(() => null)
    await until(() => pair.router.state().inFlight === 1)
    const begun = systemClock.now()
    const drained = pair.router.drain()
    expect(await page(pair, '/readyz')).toMatchObject({ status: 503, text: 'draining\n' })
    expect(await page(pair, '/healthz')).toMatchObject({ status: 200, headers: { connection: 'close' } })
    pair.primary.script = refuses('server-error')
    expect(await pair.ask()).toMatchObject({
      status: 200,
      servedBy: 'secondary',
      headers: { connection: 'close' },
    })
    while (
      await page(pair, '/readyz').then(
        () => true,
        () => false,
      )
    )
      await systemClock.sleep(20)
    expect(systemClock.now() - begun).toBeGreaterThanOrEqual(300)
    await drained
    await gone
  }, 15_000)
})
