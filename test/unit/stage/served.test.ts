import { expect, it, onTestFinished } from 'vitest'
import { seededRandom, systemClock } from '../../../src/base/index.ts'
import { parseConfig, type Config } from '../../../src/config/index.ts'
import { serveRouter } from '../../../src/stage/index.ts'
import { askChat } from '../../support/router-pair.ts'

const provider = (name: string, firstToken = '5ms') =>
  `{ kind: simulated, name: ${name}, model: gpt-4o-mini, firstToken: { p50: ${firstToken}, p95: 9ms } }`
const config = (primary: string, router = '') =>
  parseConfig(
    `version: 1\nproviders: { primary: ${primary}, secondary: ${provider('two')} }\n${router}`,
    'x.yaml',
  )

it('starts simulated providers anew only where they play something else, and loses no request by it', async () => {
  const source = { sha256: null, awaitsRestart: [] }
  const settings = (one: Config) => ({ config: one, realKeys: {}, source })
  const deaths: Error[] = []
  const router = await serveRouter({
    ...settings(config(provider('one'))),
    clock: systemClock,
    random: seededRandom(1, 'canary'),
    bypass: null,
    onEvent: () => undefined,
    onDeath: (error) => deaths.push(error),
  })
  onTestFinished(() => router.stop())
  const since = () => router.state().targets.map(({ circuit }) => circuit.since)
  const before = since()
  await systemClock.sleep(2)
  await router.reload(settings(config(provider('one'), 'router: { attempts: 3 }\n')))
  expect(since()).toEqual(before)

  const underWay = Array.from({ length: 20 }, () => askChat(router.url, { stream: true }))
  await router.reload(settings(config(provider('other', '6ms'))))
  expect(since()).not.toEqual(before)
  const replies = await Promise.all([...underWay, askChat(router.url)])
  expect(replies.map(({ status, clean }) => [status, clean])).toEqual(replies.map(() => [200, true]))
  expect(router.state().targets[0]?.provider).toBe('other')

  // One that comes too late changes nothing, and leaves nothing behind.
  const late = router.reload(settings(config(provider('late', '7ms'))))
  const refused = expect(late).rejects.toMatchObject({ code: 'ROUTER_STOPPING' })
  await router.stop()
  await refused
  expect([router.state().targets[0]?.provider, deaths]).toEqual(['other', []])
})
