import { describe, expect, it } from 'vitest'
import { MockAgent } from 'undici'
import { systemClock } from '../../../src/base/index.ts'
import { startRouter, type RouterOptions, type RouterTarget } from '../../../src/router/index.ts'
import { askChat, routerConfig, startPair, stopAfterTest } from '../../support/router-pair.ts'
import { hangs, plainBody } from '../../support/router-upstream.ts'

const target: RouterTarget = {
  role: 'primary',
  name: 'mocked',
  format: 'openai',
  baseUrl: 'http://provider.test/openai/v1/',
  key: 'k',
}

function options(more: Partial<RouterOptions> = {}): RouterOptions {
  return {
    config: routerConfig(),
    targets: [target],
    clock: systemClock,
    random: Math.random,
    bypass: null,
    onEvent: () => {},
    ...more,
  }
}

describe('starting and stopping', () => {
  it('listens on a port the kernel chose and says which', async () => {
    const { router } = await startPair()
    expect(router.url).toBe(`http://127.0.0.1:${router.port}/v1`)
  })

  it('names the port that is taken and says what to do', async () => {
    const { router } = await startPair()
    await expect(startRouter(options({ config: routerConfig({ port: router.port }) }))).rejects.toMatchObject(
      {
        code: 'PORT_TAKEN',
        exitCode: 2,
        message: `the router cannot listen on 127.0.0.1:${router.port}: the port is taken`,
        hint: expect.stringContaining('router.port') as unknown,
      },
    )
  })

  it('refuses an address that is not this machine’s', async () => {
    await expect(
      startRouter(options({ config: routerConfig({ listen: '192.0.2.1' }) })),
    ).rejects.toMatchObject({ code: 'ADDRESS_UNUSABLE' })
  })

  it.each([
    ['no target at all', { targets: [] }],
    ['no target of the role to bypass to', { bypass: 'secondary' as const }],
  ])('refuses to start with %s', async (_name, more) => {
    await expect(startRouter(options(more))).rejects.toMatchObject({ code: 'ROUTER_TARGET_MISSING' })
  })

  it('stops although requests are under way, and may be stopped twice', async () => {
    const pair = await startPair({ primary: hangs })
    const reply = pair.ask().catch(() => 'cut')
    await systemClock.sleep(100)
    await Promise.all([pair.router.stop(), pair.router.stop()])
    expect(await reply).toBe('cut')
    await expect(pair.ask()).rejects.toThrow(/ECONNREFUSED/)
  })

  it('uses the dispatcher it is given, and a base URL with a path of its own', async () => {
    const agent = new MockAgent()
    agent.disableNetConnect()
    agent
      .get('http://provider.test')
      .intercept({ path: '/openai/v1/chat/completions', method: 'POST' })
      .reply(200, plainBody('mock'))
    const router = await startRouter(options({ dispatcher: agent }))
    stopAfterTest(() => router.stop())
    stopAfterTest(() => agent.close())
    expect(await askChat(router.url)).toMatchObject({ status: 200, text: plainBody('mock') })
  })
})
