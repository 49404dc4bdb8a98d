import { describe, expect, it } from 'vitest'
import { movableClock, startPair, until } from '../../support/router-pair.ts'
import {
  answers,
  hangs,
  refuses,
  startStream,
  stallsAfter,
  streamEvents,
  streams,
  type Script,
} from '../../support/router-upstream.ts'

const { role, content, finish, done } = streamEvents('primary')
const [first = ''] = content

/** A router whose primary refuses the key, and whose circuit has opened for it. */
async function tripped(config: Record<string, unknown> = {}) {
  const clock = movableClock()
  const pair = await startPair({ primary: refuses('invalid-api-key'), clock, config })
  expect(await pair.ask()).toMatchObject({ servedBy: 'secondary', attempts: '2' })
  expect(pair.states()).toEqual(['open'])
  return { ...pair, clock }
}

describe('while the circuit is open', () => {
  it('every request goes to the secondary at once, with one attempt', async () => {
    const { ask, primary } = await tripped()
    for (let n = 0; n < 10; n++)
      expect(await ask({ stream: n % 2 === 0 })).toMatchObject({ servedBy: 'secondary', attempts: '1' })
    expect(primary.asked).toHaveLength(1)
  })

  it('one live request probes; the others, at the same time, do not wait for it', async () => {
    const { ask, primary, clock, states } = await tripped()
    let release = () => {}
    primary.script = (response) => {
      startStream(response)
      response.write(role)
      release = () => response.end(first + finish + done)
    }
    clock.forward(5001)
    let probed = false
    const probe = ask({ stream: true }).finally(() => (probed = true))
    await until(() => primary.asked.length === 2)
    const others = await Promise.all(Array.from({ length: 20 }, (_, n) => ask({ stream: n % 2 === 0 })))
    for (const other of others)
      expect(other).toMatchObject({ status: 200, servedBy: 'secondary', attempts: '1' })
    expect(probed).toBe(false)
    expect(primary.asked).toHaveLength(2)
    release()
    expect(await probe).toMatchObject({ servedBy: 'primary', attempts: '1' })
    expect(states()).toEqual(['open', 'half-open', 'closed'])
    primary.script = answers('primary')
    expect(await ask()).toMatchObject({ servedBy: 'primary' })
  })

  it('a probe is judged at its first content: the circuit closes while its stream goes on', async () => {
    const { ask, primary, clock, states } = await tripped()
    let release = () => {}
    primary.script = (response) => {
      startStream(response)
      response.write(role + first)
      release = () => response.end(finish + done)
    }
    clock.forward(5001)
    const probe = ask({ stream: true })
    await until(() => states().at(-1) === 'closed')
    primary.script = answers('primary')
    expect(await ask()).toMatchObject({ servedBy: 'primary' })
    release()
    expect(await probe).toMatchObject({ servedBy: 'primary', clean: true })
  })

  it('a probe that fails fails over like any request, and the next one waits its turn', async () => {
    const { ask, primary, clock, states } = await tripped()
    clock.forward(5001)
    expect(await ask()).toMatchObject({ status: 200, servedBy: 'secondary', attempts: '2' })
    expect(states()).toEqual(['open', 'half-open', 'open'])
    expect(await ask()).toMatchObject({ servedBy: 'secondary', attempts: '1' })
    expect(primary.asked).toHaveLength(2)
  })

  it('a probe whose first token is slow fails over, and the circuit stays open', async () => {
    const { ask, primary, clock, states } = await tripped({ timeouts: { firstToken: '600ms' } })
    primary.script = stallsAfter(role)
    clock.forward(5001)
    expect(await ask({ stream: true })).toMatchObject({ servedBy: 'secondary', attempts: '2' })
    expect(states()).toEqual(['open', 'half-open', 'open'])
  })

  it('a caller who hangs up on a probe frees its place without a verdict', async () => {
    const { ask, primary, clock, states } = await tripped()
    primary.script = hangs
    clock.forward(5001)
    const hangUp = new AbortController()
    const probe = ask({ signal: hangUp.signal }).catch(() => null)
    await until(() => primary.asked.length === 2)
    hangUp.abort()
    await probe
    await until(() => states().length === 3)
    expect(states()).toEqual(['open', 'half-open', 'open'])
    primary.script = answers('primary')
    expect(await ask()).toMatchObject({ servedBy: 'primary', attempts: '1' })
  })

  it('a caller’s fault met by a probe frees its place without a verdict', async () => {
    const { ask, primary, clock, states } = await tripped()
    primary.script = refuses('missing-parameter')
    clock.forward(5001)
    expect(await ask()).toMatchObject({ status: 400, servedBy: 'primary' })
    expect(states()).toEqual(['open', 'half-open', 'open'])
    primary.script = answers('primary')
    expect(await ask({ stream: true })).toMatchObject({ servedBy: 'primary' })
    expect(states().at(-1)).toBe('closed')
  })
})

describe('after streams that broke off in the middle', () => {
  /** A router whose primary has cut three streams after their first token. */
  async function cutThrice() {
    const clock = movableClock()
    const pair = await startPair({
      primary: streams(role, first),
      clock,
      config: { timeouts: { interToken: '400ms' } },
    })
    for (let n = 0; n < 3; n++) expect((await pair.ask({ stream: true })).clean).toBe(false)
    clock.forward(5001)
    return { ...pair, clock }
  }

  it.each<[string, Script]>([
    ['is cut again', streams(role, first)],
    ['stalls', stallsAfter(role, first)],
    ['ends with an error event', streams(role, first, 'data: {"error":{"message":"Overloaded"}}\n\n')],
  ])('a probe that %s costs its caller nothing: the secondary answers', async (_, script) => {
    const { ask, primary, states } = await cutThrice()
    primary.script = script
    expect(await ask({ stream: true })).toMatchObject({ servedBy: 'secondary', attempts: '2', clean: true })
    expect(states()).toEqual(['open', 'half-open', 'open'])
  })

  it('a probe that is whole goes to its caller byte for byte, and closes the circuit', async () => {
    const { ask, primary, states } = await cutThrice()
    primary.script = streams(role, ...content, finish, done)
    const reply = await ask({ stream: true })
    expect(reply).toMatchObject({ servedBy: 'primary', attempts: '1', clean: true })
    expect(reply.text).toBe([role, ...content, finish, done].join(''))
    expect(states()).toEqual(['open', 'half-open', 'closed'])
  })

  it('a probe that is complete but for its marker goes to its caller too', async () => {
    const { ask, primary, states } = await cutThrice()
    primary.script = stallsAfter(role, ...content, finish)
    expect(await ask({ stream: true })).toMatchObject({ servedBy: 'primary', attempts: '1' })
    expect(states().at(-1)).toBe('closed')
  })

  it('a long probe is not taken for a silent one while its tokens come', async () => {
    const { ask, primary } = await cutThrice()
    primary.script = async (response) => {
      startStream(response)
      response.write(role)
      for (let n = 0; n < 6; n++) {
        response.write(first)
        await new Promise((resolve) => setTimeout(resolve, 120))
      }
      response.end(finish + done)
    }
    expect(await ask({ stream: true })).toMatchObject({ servedBy: 'primary', attempts: '1', clean: true })
  })
})

describe('what opens the circuit', () => {
  it('streams that fail do, although plain answers between them are good', async () => {
    const pair = await startPair()
    const servedBy: unknown[] = []
    for (let n = 0; n < 3; n++) {
      pair.primary.script = streams(role, first)
      expect((await pair.ask({ stream: true })).clean).toBe(false)
      pair.primary.script = answers('primary')
      servedBy.push((await pair.ask()).servedBy)
    }
    expect(pair.states()).toEqual(['open'])
    expect(servedBy).toEqual(['primary', 'primary', 'secondary'])
  })

  it('a slow first token does, after as many in a row as configured', async () => {
    const pair = await startPair({
      primary: stallsAfter(role),
      config: { timeouts: { firstToken: '400ms' } },
    })
    for (let n = 0; n < 3; n++) expect((await pair.ask({ stream: true })).attempts).toBe('2')
    expect(await pair.ask({ stream: true })).toMatchObject({ servedBy: 'secondary', attempts: '1' })
    expect(pair.events).toMatchObject([{ state: 'open', class: 'timeout' }])
  })

  it('a provider that fails in streams only is found out, although its streams open well', async () => {
    const truncates = streams(role, first)
    const pair = await startPair({ primary: truncates })
    for (let n = 0; n < 3; n++) expect((await pair.ask({ stream: true })).clean).toBe(false)
    expect(await pair.ask({ stream: true })).toMatchObject({ servedBy: 'secondary', clean: true })
  })

  it('a caller’s fault never does', async () => {
    const pair = await startPair({
      primary: refuses('missing-parameter'),
      config: { circuit: { failures: 1 } },
    })
    for (let n = 0; n < 5; n++) await pair.ask()
    expect(pair.events).toEqual([])
  })
})

describe('Retry-After', () => {
  it.each([
    ['retry-after-ms', () => ({ 'retry-after-ms': '30000' }), 29_000, 1500],
    ['retry-after in seconds', () => ({ 'retry-after': '30' }), 29_000, 1500],
    // A date is true only when it is sent: the tests before this one may take longer than it leaves.
    [
      'retry-after as a date',
      () => ({ 'retry-after': new Date(Date.now() + 30_000).toUTCString() }),
      25_000,
      6500,
    ],
    ['retry-after beyond belief', () => ({ 'retry-after': '86400' }), 59_000, 1500],
  ])('%s keeps requests away for as long', async (_name, headers, notYet, rest) => {
    const clock = movableClock()
    const limited: Script = (response) => {
      response.writeHead(429, { 'content-type': 'application/json', ...headers() })
      response.end('{"error":{"type":"tokens","code":"rate_limit_exceeded","message":"slow down"}}')
    }
    const pair = await startPair({ primary: limited, clock })
    expect(await pair.ask()).toMatchObject({ servedBy: 'secondary', attempts: '2' })
    pair.primary.script = answers('primary')
    clock.forward(notYet)
    expect(await pair.ask()).toMatchObject({ servedBy: 'secondary', attempts: '1' })
    clock.forward(rest)
    expect(await pair.ask()).toMatchObject({ servedBy: 'primary', attempts: '1' })
  })
})

describe('when both are out', () => {
  it('still tries, the primary first, rather than refuse', async () => {
    const pair = await startPair({
      primary: refuses('invalid-api-key'),
      secondary: refuses('invalid-api-key'),
    })
    await pair.ask()
    expect(pair.events.map(({ provider, state }) => `${provider} ${state}`)).toEqual([
      'primary open',
      'secondary open',
    ])
    pair.primary.script = answers('primary')
    expect(await pair.ask()).toMatchObject({ status: 200, servedBy: 'primary', attempts: '1' })
    expect(pair.states().at(-1)).toBe('closed')
  })

  it('asks an open primary as a last resort when the secondary fails', async () => {
    const { ask, primary, secondary } = await tripped()
    primary.script = answers('primary')
    secondary.script = refuses('server-error')
    expect(await ask()).toMatchObject({ status: 200, servedBy: 'primary', attempts: '2' })
  })
})
