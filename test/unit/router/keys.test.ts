import { createServer } from 'node:http'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveRouter } from '../../../src/cli/serve-router.ts'
import { pipedIo } from '../../support/cli-io.ts'
import { anthropicAnswers } from '../../support/router-anthropic.ts'
import {
  answers,
  startUpstream,
  stallsAfter,
  streamEvents,
  type Script,
} from '../../support/router-upstream.ts'
import { askPath, chatBody, until } from '../../support/router-pair.ts'

/** Every secret that a served router knows or is shown, each of which is allowed in one place only. */
const SECRETS = {
  primary: 'sk-canary-PRIMARY-4f2a917c55',
  secondary: 'sk-ant-canary-SECONDARY-77b0c3d1',
  router: 'gd-canary-ROUTER-5e81aa0d93',
  vendor: 'sk-canary-CALLERS-OWN-c0ffee42',
  helicone: 'sk-helicone-canary-HELICONE-9d',
  otlp: 'Basic Y2FuYXJ5LU9UTFA6Y2FuYXJ5',
}
type Secret = keyof typeof SECRETS

/** What was sent somewhere, or written down. */
type Places = Record<string, string>

/** Which secrets are where, the whole of one or its middle. */
function found(places: Places): Record<string, Secret[]> {
  const names = Object.keys(SECRETS) as Secret[]
  const middle = (secret: string) => secret.slice(6, -4)
  return Object.fromEntries(
    Object.entries(places).map(([place, text]) => [
      place,
      names.filter((name) => text.includes(middle(SECRETS[name]))),
    ]),
  )
}

/** Quotes whatever key it was sent, as the worst of vendors would. */
const quotes =
  (status: number): Script =>
  (response, { headers }) => {
    const key = headers.authorization ?? String(headers['x-api-key'])
    response.writeHead(status, { 'content-type': 'application/json', 'x-key': key })
    response.end(
      JSON.stringify({ error: { message: `Incorrect API key provided: ${key}`, code: key, type: key } }),
    )
  }

/** Answers a message, and knows no models. */
const good: Script = (response, asked) =>
  asked.method === 'GET' ? quotes(404)(response, asked) : anthropicAnswers('secondary')(response, asked)

/** A receiver of whatever is told of requests. */
async function receiver() {
  const received = { headers: '', bodies: '' }
  const server = createServer((request, response) => {
    received.headers += JSON.stringify(request.headers)
    request.setEncoding('utf8').on('data', (piece: string) => (received.bodies += piece))
    request.on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

/** `gameday serve router` in this process, before vendors that quote keys, with texts in its log and every exporter on. */
async function served(bypassed = false) {
  const [primary, secondary] = [await startUpstream(answers('primary')), await startUpstream(good)]
  onTestFinished(async () => void (await Promise.all([primary.stop(), secondary.stop()])))
  const [otlp, helicone] = [await receiver(), await receiver()]
  const { io, home, state, written, signal } = pipedIo()
  Object.assign(io.env, {
    PRIMARY_KEY: SECRETS.primary,
    SECONDARY_KEY: SECRETS.secondary,
    HELICONE_KEY: SECRETS.helicone,
    GAMEDAY_ROUTER_KEY: SECRETS.router,
    OTLP_URL: otlp.url,
    OTLP_HEADERS: `authorization=${SECRETS.otlp}`,
    ...(bypassed ? { BYPASS_ROUTER: 'true' } : {}),
  })
  mkdirSync(home, { recursive: true })
  writeFileSync(
    join(home, 'gameday.yaml'),
    `version: 1
providers:
  primary: { kind: real, name: first, format: openai, model: gpt-4o-mini, baseUrl: '${primary.url}', key: PRIMARY_KEY }
  secondary: { kind: real, name: second, format: anthropic, model: claude-haiku-4-5, baseUrl: '${secondary.url}', key: SECONDARY_KEY }
router: { timeouts: { interToken: 300ms }, circuit: { probeEvery: 100ms } }
log: { text: true }
export:
  otlp: { endpoint: OTLP_URL, headers: OTLP_HEADERS }
  helicone: { endpoint: '${helicone.url}', key: HELICONE_KEY }
`,
  )
  const running = serveRouter({}, io)
  await until(() => written.stdout.includes('listens on'))
  const url = /http\S+?\/v1/.exec(written.stdout)?.[0] ?? ''
  let told = ''
  const ask = async (
    path: string,
    options: Parameters<typeof askPath>[2] = {},
    key: string = SECRETS.router,
  ) => {
    const reply = await askPath(url, path, {
      ...options,
      headers: {
        authorization: `Bearer ${key}`,
        'x-api-key': SECRETS.vendor,
        cookie: `session=${SECRETS.vendor}`,
        ...options.headers,
      },
    })
    told += JSON.stringify([reply.headers, reply.text, reply.trailers])
    return reply.status
  }
  const seen = (upstream: typeof primary) => JSON.stringify(upstream.asked)
  return {
    primary,
    secondary,
    ask,
    /** Ends the router, so that all has been written and sent, and looks everywhere. */
    everywhere: async (): Promise<Places> => {
      signal('SIGTERM')
      expect(await running).toBe(0)
      const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
      expect(files.length).toBeGreaterThan(0)
      return {
        'the primary': seen(primary),
        'the secondary': seen(secondary),
        'the caller': told,
        'stdout and stderr': written.stdout + written.stderr,
        'files, the log among them': files
          .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
          .join(''),
        'headers to OTLP': otlp.received.headers,
        spans: otlp.received.bodies,
        'headers to Helicone': helicone.received.headers,
        'what Helicone logs': helicone.received.bodies,
      }
    },
  }
}

const ALLOWED = {
  'the primary': ['primary'],
  'the secondary': ['secondary'],
  'the caller': [],
  'stdout and stderr': [],
  'files, the log among them': [],
  'headers to OTLP': ['otlp'],
  spans: [],
  'headers to Helicone': ['helicone'],
  'what Helicone logs': [],
}
const MESSAGES = JSON.stringify({
  model: 'gpt-4o-mini',
  max_tokens: 9,
  messages: [{ role: 'user', content: 'hello' }],
})

describe('a key', () => {
  it('goes where it belongs and nowhere else, whatever is asked and however it ends', async () => {
    const { primary, secondary, ask, everywhere } = await served()
    const { role, content } = streamEvents('primary')
    const statuses: number[] = []
    const scripts: [Script, Script][] = [
      [answers('primary'), good],
      [quotes(401), good],
      [quotes(400), quotes(400)],
      [quotes(500), quotes(401)],
      [quotes(200), quotes(404)],
      [stallsAfter(role, content[0] ?? ''), good],
    ]
    for (const [first, second] of scripts) {
      ;[primary.script, secondary.script] = [first, second]
      for (const stream of [false, true]) {
        statuses.push(await ask('/chat/completions', { stream }))
        statuses.push(
          await ask('/messages', { body: stream ? MESSAGES.replace('{', '{"stream":true,') : MESSAGES }),
        )
      }
      statuses.push(await ask('/models', { method: 'GET' }))
    }
    statuses.push(await ask('/nowhere'), await ask('/chat/completions', { body: '{' }))
    statuses.push(await ask('/chat/completions', {}, SECRETS.vendor.toUpperCase()))
    expect(statuses).toEqual(expect.arrayContaining([200, 400, 401, 404]))
    expect(primary.asked.length).toBeGreaterThan(5)
    expect(secondary.asked.length).toBeGreaterThan(5)
    const places = await everywhere()
    // It has been written and sent: the search would find what is there.
    for (const place of ['files, the log among them', 'spans', 'what Helicone logs'] as const)
      expect(places[place]).toContain('gpt-4o-mini')
    expect(found(places)).toEqual(ALLOWED)
  })

  it('goes where it belongs and nowhere else, while the router is bypassed', async () => {
    const { primary, ask, everywhere } = await served(true)
    for (const script of [answers('primary'), quotes(401)]) {
      primary.script = script
      await ask('/chat/completions', { body: chatBody(true) })
      await ask('/models', { method: 'GET' })
      await ask('/anything/else')
    }
    const places = found(await everywhere())
    // Bytes pass untouched here: a vendor that quotes the key it was sent is not corrected.
    expect(places).toEqual({ ...ALLOWED, 'the secondary': [], 'the caller': ['primary'] })
  })

  it('is found by this search wherever it is', () => {
    const places = {
      here: `x ${SECRETS.router} y`,
      there: JSON.stringify({ a: SECRETS.otlp }),
      nowhere: 'sk-canar***',
    }
    expect(found(places)).toEqual({ here: ['router'], there: ['otlp'], nowhere: [] })
  })
})
