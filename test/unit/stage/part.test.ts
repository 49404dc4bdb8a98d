import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPart, type PartOptions } from '../../../src/stage/part.ts'

interface ToxiproxyData {
  host: string
  port: number
  seed: number
}

const deaths: Error[] = []
const toxiproxy = (port: number): PartOptions<ToxiproxyData, never> => ({
  name: 'toxiproxy',
  data: { host: '127.0.0.1', port, seed: 1 },
  onEvent: () => undefined,
  onDeath: (error) => deaths.push(error),
})
const startToxiproxy = (port: number) =>
  startPart<ToxiproxyData, { url: string }, never, { nonsense: true }, true>(toxiproxy(port))

let taken: Server
let takenPort: number

beforeAll(async () => {
  taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  takenPort = (taken.address() as AddressInfo).port
})

afterAll(async () => {
  await new Promise((resolve) => taken.close(resolve))
})

describe('a part of the stage', () => {
  it('is ready with its address, and serves until it is stopped', async () => {
    const part = await startToxiproxy(0)
    expect((await fetch(`${part.ready.url}/version`)).status).toBe(200)
    expect(await part.stop()).toBe(true)
    await expect(fetch(`${part.ready.url}/version`)).rejects.toThrow('fetch failed')
    expect(deaths).toEqual([])
  })

  it('may be stopped twice, at once and later, and says the same last word', async () => {
    const part = await startToxiproxy(0)
    expect(await Promise.all([part.stop(), part.stop()])).toEqual([true, true])
    expect(await part.stop()).toBe(true)
    expect(deaths).toEqual([])
  })

  it('passes over a command that it does not know', async () => {
    const part = await startToxiproxy(0)
    part.send({ nonsense: true })
    expect(await part.stop()).toBe(true)
  })

  it('that cannot start fails with its own error: what, where, and what to do', async () => {
    await expect(startToxiproxy(takenPort)).rejects.toMatchObject({
      name: 'GamedayError',
      code: 'PORT_TAKEN',
      exitCode: 2,
      message: expect.stringContaining(`127.0.0.1:${takenPort}`) as string,
      hint: expect.stringMatching(/Stop what listens there/) as string,
    })
  })

  it.each([
    {
      name: 'whose file is not there',
      part: 'no-such-part',
      data: {},
      says: /the no-such-part failed: Cannot find module/,
    },
    { name: 'that throws while it starts', part: 'toxiproxy', data: null, says: /the toxiproxy failed: / },
  ])('$name fails as a fault of gameday itself', async ({ part: name, data, says }) => {
    const starting = startPart<object | null, unknown, never, never, true>({
      name,
      data,
      onEvent: () => undefined,
      onDeath: (error) => deaths.push(error),
    })
    await expect(starting).rejects.toMatchObject({
      name: 'InternalError',
      code: 'INTERNAL',
      message: expect.stringMatching(says) as string,
    })
    // Whoever waited for it to come up has been told; nobody is told twice.
    expect(deaths).toEqual([])
  })
})
