import { describe, expect, it } from 'vitest'
import { startPair, until } from '../../support/router-pair.ts'
import {
  answers,
  hangs,
  plainBody,
  stallsAfter,
  startStream,
  streamEvents,
  type Script,
} from '../../support/router-upstream.ts'

const { role, content, finish, usage, done } = streamEvents('primary')
const [first = '', second = '', third = ''] = content

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends headers at once and a ping or role delta every so often, but never a token. */
const chatters: Script = async (response) => {
  startStream(response)
  while (!response.destroyed) {
    response.write(`: ping\n\n${role}`)
    await wait(50)
  }
}

const headThenSilence: Script = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{')
}

const SHORT = { headers: '500ms', firstToken: '500ms', interToken: '500ms', total: '10s' }

describe('a clock that runs out before the first content fails over', () => {
  it.each([
    ['headers of a plain answer', hangs, false, { headers: '500ms' }, 'headers_timeout'],
    ['headers of a stream', hangs, true, { headers: '500ms', firstToken: '9s' }, 'headers_timeout'],
    ['first token, no headers', hangs, true, { firstToken: '500ms' }, 'first_token_timeout'],
    ['first token, headers at once', stallsAfter(role), true, { firstToken: '500ms' }, 'first_token_timeout'],
    [
      'first token, pings and role deltas all the while',
      chatters,
      true,
      { firstToken: '500ms' },
      'first_token_timeout',
    ],
    ['body of a plain answer', headThenSilence, false, { interToken: '500ms' }, 'body_timeout'],
  ] as const)('%s', async (_name, script, stream, timeouts, code) => {
    const pair = await startPair({ primary: script, config: { timeouts, circuit: { failures: 1 } } })
    const began = performance.now()
    const reply = await pair.ask({ stream })
    expect(reply).toMatchObject({ status: 200, servedBy: 'secondary', attempts: '2', clean: true })
    expect(performance.now() - began).toBeGreaterThan(490)
    expect(performance.now() - began).toBeLessThan(5000)
    expect(pair.events).toMatchObject([{ provider: 'primary', state: 'open', class: 'timeout' }])
    expect(pair.events[0]?.reason).toContain(code)
    await until(() => pair.primary.asked[0]?.hungUp === true)
  })
})

describe('the first-token clock', () => {
  it('starts with the question and not with the headers', async () => {
    const late: Script = async (response) => {
      await wait(400)
      startStream(response)
      await wait(500)
      response.end(role + first + finish + done)
    }
    const pair = await startPair({ primary: late, config: { timeouts: { firstToken: '700ms' } } })
    expect(await pair.ask({ stream: true })).toMatchObject({ servedBy: 'secondary', attempts: '2' })
  })
})

describe('the inter-token clock', () => {
  it('ends a stream that stalls after its first content with an error event, never cleanly', async () => {
    const pair = await startPair({
      primary: stallsAfter(role, first),
      config: { timeouts: { firstToken: '5s', interToken: '500ms' }, circuit: { failures: 1 } },
    })
    const reply = await pair.ask({ stream: true })
    expect(reply).toMatchObject({ status: 200, servedBy: 'primary', clean: false })
    expect(reply.text).toContain('"type":"timeout"')
    expect(reply.text).toContain('inter_token_timeout')
    expect(pair.events).toMatchObject([{ state: 'open', class: 'timeout' }])
  })

  it('is not stopped by pings', async () => {
    const pings: Script = async (response) => {
      startStream(response)
      response.write(role + first)
      while (!response.destroyed) {
        response.write(': ping\n\n')
        await wait(50)
      }
    }
    const reply = await (
      await startPair({ primary: pings, config: { timeouts: { firstToken: '5s', interToken: '500ms' } } })
    ).ask({ stream: true })
    expect(reply.text).toContain('inter_token_timeout')
  })

  it('starts anew with every token: a healthy stream may take longer than any clock but the last', async () => {
    const steady: Script = async (response) => {
      startStream(response)
      for (const event of [role, first, second, third, second, third, second, finish, usage, done]) {
        response.write(event)
        await wait(100)
      }
      response.end()
    }
    const pair = await startPair({ primary: steady, config: { timeouts: SHORT } })
    const began = performance.now()
    const reply = await pair.ask({ stream: true })
    expect(reply).toMatchObject({ servedBy: 'primary', clean: true })
    expect(performance.now() - began).toBeGreaterThan(900)
  })

  it('ends a stream that is complete but is never closed as what it is: complete', async () => {
    const pair = await startPair({
      primary: stallsAfter(role, first, finish, done),
      config: { timeouts: { firstToken: '5s', interToken: '400ms' } },
    })
    const reply = await pair.ask({ stream: true })
    expect(reply).toMatchObject({ clean: true, text: role + first + finish + done })
    await until(() => pair.primary.asked[0]?.hungUp === true)
  })
})

describe('the total clock', () => {
  it('bounds the request over all its attempts, and tells what came first', async () => {
    const pair = await startPair({
      primary: hangs,
      secondary: hangs,
      config: { timeouts: { headers: '500ms', total: '800ms' } },
    })
    const began = performance.now()
    const reply = await pair.ask()
    expect(reply).toMatchObject({ status: 504, attempts: '2', clean: true })
    expect(reply.text).toContain('headers_timeout')
    expect(reply.text).toContain('secondary (test-secondary): timeout (total_timeout)')
    expect(performance.now() - began).toBeGreaterThan(790)
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('does not blame the target that was left too little time', async () => {
    const pair = await startPair({
      primary: hangs,
      secondary: hangs,
      config: { timeouts: { headers: '500ms', total: '800ms' }, circuit: { failures: 1 } },
    })
    await pair.ask()
    expect(pair.events.map((event) => event.provider)).toEqual(['primary'])
  })

  it('ends a stream that goes on and on with an error event', async () => {
    const endless: Script = async (response) => {
      startStream(response)
      response.write(role)
      while (!response.destroyed) {
        response.write(first)
        await wait(50)
      }
    }
    const reply = await (
      await startPair({ primary: endless, config: { timeouts: { firstToken: '5s', total: '800ms' } } })
    ).ask({ stream: true })
    expect(reply).toMatchObject({ status: 200, clean: false })
    expect(reply.text).toContain('total_timeout')
  })
})

describe('a plain answer', () => {
  it('has no first-token clock: it may take longer than that', async () => {
    const slow: Script = async (response) => {
      await wait(500)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(plainBody('primary'))
    }
    const pair = await startPair({
      primary: slow,
      secondary: answers('secondary'),
      config: { timeouts: { firstToken: '200ms' } },
    })
    expect(await pair.ask()).toMatchObject({ servedBy: 'primary', attempts: '1' })
  })
})
