import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../../src/base/index.ts'
import { defaultConfig } from '../../../../src/config/index.ts'
import { lookAtToxiproxy } from '../../../../src/run/doctor/toxiproxy.ts'
import { startToxiproxyServer } from '../../../../src/toxiproxy/index.ts'

const { toxiproxy } = defaultConfig()
const looked = (url: string) =>
  lookAtToxiproxy(url, { config: { ...defaultConfig(), toxiproxy: { ...toxiproxy, timeout: 300 } } })

/** What stands where a Toxiproxy should: it tells a version, and its proxies only where it is given some. */
async function standIn(version: string, proxies: string | null): Promise<string> {
  const server = createServer(({ url }, answer) => {
    answer.setHeader('content-type', 'application/json')
    if (url === '/version') answer.end(JSON.stringify({ version }))
    else if (proxies !== null) answer.end(proxies)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a Toxiproxy of somebody’s own', () => {
  it('is good where it answers as one', async () => {
    const server = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
    onTestFinished(() => server.stop())
    expect(await looked(server.url)).toMatchObject({
      state: 'ok',
      detail: `2.12.0 at ${server.url}, with 0 proxies`,
    })
  })

  it.each<{ it: string; url: () => Promise<string>; says: RegExp; hint: RegExp }>([
    {
      it: 'is not there',
      url: () => Promise.resolve('http://127.0.0.1:9'),
      says: /nothing answers as Toxiproxy at http:\/\/127\.0\.0\.1:9/,
      hint: /Start it/,
    },
    {
      it: 'is frozen, and tells its version all the same',
      url: () => standIn('2.12.0', null),
      says: /list the proxies: .* did not answer within 300 ms/,
      hint: /restart it, or use 2\.13/,
    },
    {
      it: 'is of a time that gameday does not know',
      url: () => standIn('1.2.1', '{}'),
      says: /^1\.2\.1 at .*: not a version that gameday knows/,
      hint: /Take 2\.12 or 2\.13/,
    },
    {
      it: 'is something else',
      url: () => standIn('2.12.0', '<html></html>'),
      says: /does not speak Toxiproxy's API/,
      hint: /control port/,
    },
  ])('is a lack where it $it', async ({ url, says, hint }) => {
    const found = await looked(await url())
    expect(found).toMatchObject({ part: 'toxiproxy', state: 'lack' })
    expect(found.detail).toMatch(says)
    expect(found.hint).toMatch(hint)
  })
})
