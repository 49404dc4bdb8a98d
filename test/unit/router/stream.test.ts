import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { openaiFormat } from '../../../src/wire/index.ts'
import { chatBody, startPair, until } from '../../support/router-pair.ts'
import {
  breaksAfter,
  hangs,
  startStream,
  streamBody,
  streamEvents,
  streams,
  type Script,
} from '../../support/router-upstream.ts'

const { role, content, finish, usage, done } = streamEvents('primary')
const [first = '', second = ''] = content

/** What a reader of the stream makes of it, as the load does. */
function judge(bytes: Buffer) {
  const reader = openaiFormat.streamReader()
  reader.push(bytes)
  return reader.end()
}

/** The JSON of the last event. */
const lastEvent = (text: string): unknown => JSON.parse(text.trimEnd().split('\ndata: ').at(-1) ?? '')

describe('a good stream', () => {
  it('arrives byte for byte, with its pings, odd line ends and comments', async () => {
    const odd = [
      ': OPENROUTER PROCESSING\r\n\r\n',
      role,
      'event: ping\ndata: {}\n\n',
      ...content,
      finish,
      usage,
      done,
      ': bye',
    ]
    const pair = await startPair({ primary: streams(...odd) })
    const reply = await pair.ask({ stream: true })
    expect(reply).toMatchObject({ status: 200, servedBy: 'primary', attempts: '1', clean: true })
    expect(reply.headers['content-type']).toBe('text/event-stream')
    expect(reply.text).toBe(odd.join(''))
    expect(pair.events).toEqual([])
  })

  it('arrives byte for byte when it comes a byte at a time, characters cut in two', async () => {
    const bytes = Buffer.from(streamBody('primary'))
    const dribbles: Script = async (response) => {
      startStream(response)
      for (const byte of bytes) {
        response.write(Buffer.of(byte))
        await new Promise(setImmediate)
      }
      response.end()
    }
    const reply = await (await startPair({ primary: dribbles })).ask({ stream: true })
    expect(reply.bytes.equals(bytes)).toBe(true)
  })

  it('passes each token on when it comes, not when the stream ends', async () => {
    let finishIt = () => {}
    const pair = await startPair({
      primary: (response) => {
        startStream(response)
        response.write(role + first)
        finishIt = () => response.end(second + finish + done)
      },
    })
    const answer = await request(`${pair.router.url}/chat/completions`, {
      method: 'POST',
      body: chatBody(true),
    })
    let text = ''
    for await (const chunk of answer.body) {
      text += String(chunk)
      if (text === role + first) finishIt()
    }
    expect(text).toBe(role + first + second + finish + done)
  })

  it('without its terminal marker is passed on as it is', async () => {
    const reply = await (
      await startPair({ primary: streams(role, ...content, finish) })
    ).ask({ stream: true })
    expect(reply).toMatchObject({ status: 200, clean: true, text: role + content.join('') + finish })
  })

  it('that is complete before its connection breaks is complete', async () => {
    const pair = await startPair({ primary: breaksAfter(role, first, finish, done) })
    expect(await pair.ask({ stream: true })).toMatchObject({
      clean: true,
      text: role + first + finish + done,
    })
    expect(pair.events).toEqual([])
  })

  it('is not held up by a caller who reads slowly, nor counted against the provider', async () => {
    const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(60_000) }, finish_reason: null }] })}\n\n`
    const pieces = Array.from({ length: 200 }, () => piece)
    const pair = await startPair({
      primary: streams(role, ...pieces, finish, done),
      config: { timeouts: { firstToken: '5s', interToken: '300ms' }, circuit: { failures: 1 } },
    })
    const answer = await request(`${pair.router.url}/chat/completions`, {
      method: 'POST',
      body: chatBody(true),
    })
    await new Promise((resolve) => setTimeout(resolve, 800))
    let bytes = 0
    for await (const chunk of answer.body) bytes += (chunk as Buffer).length
    expect(bytes).toBe(role.length + piece.length * 200 + finish.length + done.length)
    expect(pair.events).toEqual([])
  })

  it('may come as plain JSON from a provider that does not stream, and is judged as such', async () => {
    const body = JSON.stringify({ choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] })
    const pair = await startPair({
      primary: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(body)
      },
    })
    expect(await pair.ask({ stream: true })).toMatchObject({ status: 200, servedBy: 'primary', text: body })
  })
})

describe('a stream that fails after its first content', () => {
  const cases: [string, Script, string][] = [
    ['ends without finish reason and marker', streams(role, first), 'truncated'],
    ['ends with the marker but without a finish reason', streams(role, first, done), 'truncated'],
    ['breaks off between two events', breaksAfter(role, first), 'truncated'],
    ['breaks off within an event', breaksAfter(role, first, second.slice(0, 40)), 'truncated'],
    ['holds an event that is no JSON', streams(role, first, 'data: {"error": {"mess\n\n'), 'malformed'],
  ]

  it.each(cases)('ends with an error event and no clean end when it %s', async (_name, script, of) => {
    const pair = await startPair({ primary: script, config: { circuit: { failures: 1 } } })
    const reply = await pair.ask({ stream: true })
    expect(reply).toMatchObject({ status: 200, servedBy: 'primary', clean: false })
    expect(reply.text.startsWith(role + first)).toBe(true)
    expect(lastEvent(reply.text)).toMatchObject({ error: { type: of, param: null } })
    expect(judge(reply.bytes)).toMatchObject({ ok: false, error: { class: of } })
    expect(pair.events).toMatchObject([{ provider: 'primary', state: 'open', class: of }])
    expect(pair.secondary.asked).toHaveLength(0)
  })

  it('keeps half an event to itself, so that nobody trips over it before the error', async () => {
    const half = second.slice(0, second.indexOf('from') + 8)
    const reply = await (await startPair({ primary: breaksAfter(role, first, half) })).ask({ stream: true })
    expect(reply.text).not.toContain('from pri')
    for (const line of reply.text.split('\n').filter((one) => one.startsWith('data: '))) {
      expect(() => JSON.parse(line.slice(6)) as unknown).not.toThrow()
    }
  })

  it('passes the provider’s own error event on, adds no second one, and does not end cleanly', async () => {
    const error = 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'
    const pair = await startPair({
      primary: streams(role, first, error),
      config: { circuit: { failures: 1 } },
    })
    const reply = await pair.ask({ stream: true })
    expect(reply).toMatchObject({ text: role + first + error, clean: false })
    expect(pair.events).toMatchObject([{ state: 'open', class: 'overloaded' }])
  })
})

describe('what comes in one read', () => {
  const atOnce =
    (...texts: string[]): Script =>
    (response) => {
      startStream(response)
      response.end(texts.join(''))
    }

  it.each([
    [
      'content and an error',
      atOnce(role, first, 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'),
    ],
    ['content and an untimely end', atOnce(role, first)],
  ])('fails over even after content, as none of it was sent: %s', async (_name, primary) => {
    const pair = await startPair({ primary, config: { circuit: { failures: 1 } } })
    const reply = await pair.ask({ stream: true })
    expect(reply).toMatchObject({
      servedBy: 'secondary',
      attempts: '2',
      clean: true,
      text: streamBody('secondary'),
    })
    expect(pair.states()).toEqual(['open'])
  })

  it('is passed on when it is a whole good stream', async () => {
    const pair = await startPair({ primary: atOnce(streamBody('primary')) })
    expect(await pair.ask({ stream: true })).toMatchObject({
      servedBy: 'primary',
      text: streamBody('primary'),
      clean: true,
    })
  })
})

describe('a guardrail that leaves nothing of a stream', () => {
  it('is passed on as it is, asks nobody else and blames nobody', async () => {
    const refused = finish.replace('"stop"', '"content_filter"')
    const pair = await startPair({
      primary: streams(role, refused, done),
      config: { circuit: { failures: 1 } },
    })
    expect(await pair.ask({ stream: true })).toMatchObject({
      servedBy: 'primary',
      text: role + refused + done,
      clean: true,
    })
    expect(pair.secondary.asked).toHaveLength(0)
    expect(pair.events).toEqual([])
  })
})

describe('the commit point', () => {
  it('shows the caller nothing before the first content', async () => {
    let carryOn = () => {}
    const pair = await startPair({
      primary: (response) => {
        startStream(response)
        response.write(`: ping\n\n${role}`)
        carryOn = () => response.end(first + finish + done)
      },
    })
    let answered = false
    const reply = pair.ask({ stream: true }).finally(() => (answered = true))
    await until(() => pair.primary.asked.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(answered).toBe(false)
    carryOn()
    expect((await reply).text).toBe(`: ping\n\n${role}${first}${finish}${done}`)
  })

  it('a caller’s fault that comes within the stream is passed on and blames nobody', async () => {
    const error =
      'data: {"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}\n\n'
    const pair = await startPair({ primary: streams(role, error), config: { circuit: { failures: 1 } } })
    expect(await pair.ask({ stream: true })).toMatchObject({
      servedBy: 'primary',
      text: role + error,
      clean: true,
    })
    expect(pair.events).toEqual([])
    expect(pair.secondary.asked).toHaveLength(0)
  })
})

describe('a caller who hangs up', () => {
  it.each([
    ['before the answer', hangs],
    [
      'within the stream',
      ((response) => void (startStream(response), response.write(role + first))) satisfies Script,
    ],
  ])(
    '%s, makes the router hang up on the provider within a second, and counts against nobody',
    async (_name, script) => {
      const pair = await startPair({ primary: script, config: { circuit: { failures: 1 } } })
      const hangUp = new AbortController()
      const reply = pair.ask({ stream: true, signal: hangUp.signal }).catch(() => null)
      await until(() => pair.primary.asked.length === 1)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const at = performance.now()
      hangUp.abort()
      await reply
      await until(() => pair.primary.asked[0]?.hungUp === true)
      expect(performance.now() - at).toBeLessThan(1000)
      expect(pair.events).toEqual([])
      expect(pair.secondary.asked).toHaveLength(0)
    },
  )
})
