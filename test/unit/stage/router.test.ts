import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedRouterOf, loadConfig } from '../../../src/config/index.ts'
import { embeddedRouter, type StagedRouter } from '../../../src/stage/index.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'

/** The embedded router in its worker, killed and started again as a process would be. */
let primary: Upstream
let router: StagedRouter
const deaths: Error[] = []

beforeAll(async () => {
  primary = await startUpstream('echoes')
  const config = embeddedRouterOf(await loadConfig(null))
  const make = embeddedRouter({
    config,
    bypass: null,
    seed: 1,
    onEvent: () => undefined,
    onDeath: (error) => deaths.push(error),
  })
  const target = {
    role: 'primary',
    name: 'p',
    format: 'openai',
    baseUrl: primary.baseUrl,
    key: 'key',
  } as const
  router = await make([target])
})

afterAll(async () => {
  await router.stop()
  await primary.stop()
})

const asked = () =>
  fetch(`${router.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] }),
  })

describe('the router’s process', () => {
  it('refuses connections once it is killed, and its death is no accident', async () => {
    expect(router.hands?.state).toBe('routing')
    await router.hands?.kill()
    expect(router.hands?.state).toBe('killed')
    await expect(asked()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    expect(deaths).toEqual([])
  })

  it('comes back on its port as a way through, and then as it was, one after the other', async () => {
    const bypassed = router.hands?.start('primary')
    const restored = router.hands?.start(null)
    await bypassed
    await restored
    expect(router.hands?.state).toBe('routing')
    expect((await asked()).status).toBe(200)
    expect(deaths).toEqual([])
  })
})
