import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import type { Observed } from '../../../src/record/index.ts'
import { stageLoad, type LoadPartData } from '../../../src/stage/index.ts'

let server: Server
let url: string

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** A load in its worker, with what it told. */
async function bench(changes: Partial<LoadPartData> = {}) {
  const samples: Observed[] = []
  const deaths: Error[] = []
  let died: () => void = () => undefined
  const death = new Promise<void>((resolve) => (died = resolve))
  const load = await stageLoad({
    data: {
      runTag: 'abc',
      perSecond: 50,
      arrivals: 'uniform',
      seed: 1,
      streams: 0,
      controlShare: 0,
      timeoutMs: 2000,
      prompts: [{ tenant: 'acme', feature: 'chat', context: 'short', text: 'Hello?' }],
      model: 'm',
      router: { url, key: 'key' },
      primary: { url, key: 'key' },
      ...changes,
    },
    onSample: (sample) => samples.push(sample),
    onDeath: (error) => {
      deaths.push(error)
      died()
    },
  })
  return { load, samples, deaths, death }
}

const NO_URL = { router: { url: 'no url at all', key: 'key' } }

describe('a staged load', () => {
  it('is silent until it is begun, then sends, and sums up once', async () => {
    const { load, samples, deaths } = await bench()
    await systemClock.sleep(200)
    expect(samples).toEqual([])
    load.begin(systemClock.now())
    await systemClock.sleep(500)
    const figures = await load.end(2000)
    expect(figures?.sent).toBeGreaterThan(0)
    expect(samples).toHaveLength(figures?.offered ?? 0)
    expect(samples.every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect(await load.end(0)).toEqual(figures)
    await load.stop()
    await load.stop()
    expect(deaths).toEqual([])
  })

  it('that was never begun has nothing to sum up', async () => {
    const { load, deaths } = await bench()
    expect(await load.end(1000)).toBeNull()
    await load.stop()
    expect(deaths).toEqual([])
  })

  it('is begun once', async () => {
    const { load } = await bench()
    load.begin(systemClock.now())
    expect(() => load.begin(systemClock.now())).toThrow('the load was begun twice')
    await load.stop()
  })

  it('whose worker dies says so once, and does not keep whoever asks for its figures waiting', async () => {
    const { load, deaths, death } = await bench(NO_URL)
    load.begin(systemClock.now())
    await death
    await expect(load.end(60_000)).rejects.toThrow(/the load failed: .*no url at all/)
    await expect(load.end(60_000)).rejects.toThrow(/the load failed/)
    await load.stop()
    expect(deaths).toMatchObject([{ name: 'InternalError' }])
  })

  it('whose worker dies while it is asked for its figures does not keep anybody waiting either', async () => {
    const { load, deaths } = await bench(NO_URL)
    load.begin(systemClock.now())
    await expect(load.end(60_000)).rejects.toThrow(/the load failed: .*no url at all/)
    await load.stop()
    expect(deaths).toHaveLength(1)
  })

  it('that is stopped while answers are under way ends all the same', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const { load, deaths } = await bench({
      router: { url: `http://127.0.0.1:${port}/v1`, key: 'key' },
      timeoutMs: 60_000,
    })
    load.begin(systemClock.now())
    await systemClock.sleep(300)
    await load.stop()
    expect(deaths).toEqual([])
    silent.closeAllConnections()
    await new Promise((resolve) => silent.close(resolve))
  })
})
