import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import type { RequestRecord } from '../../src/record/index.ts'
import { formatOf, translationBetween, type WireFormat } from '../../src/wire/index.ts'
import type { StartMiddle } from './fuzz-meeting.ts'

/** Readers, translations and gateways with one mistake each, which the fuzzing has to find. */

type Reader = Pick<WireFormat, 'id' | 'readAnswer' | 'streamReader'>

const openai = formatOf('openai')

const readerWith = (change: (reader: ReturnType<WireFormat['streamReader']>) => object): Reader => ({
  ...openai,
  streamReader: (onEvent) => {
    const reader = openai.streamReader(onEvent)
    return {
      facts: reader.facts,
      push: (bytes) => reader.push(bytes),
      end: () => reader.end(),
      ...change(reader),
    }
  },
})

export const WORSE_READERS: { what: string; reader: Reader; found: RegExp }[] = [
  {
    what: 'decodes every piece by itself',
    reader: readerWith((reader) => ({
      push: (bytes: Uint8Array) => reader.push(Buffer.from(Buffer.from(bytes).toString())),
      end: () => reader.end(),
    })),
    found: /read otherwise in other pieces/,
  },
  {
    what: 'takes whatever has ended for an answer',
    reader: readerWith(() => ({ end: () => ({ ok: true, missingMarker: false }) })),
    found: /taken for an answer, and is none/,
  },
  {
    what: 'asks for usage that nobody has to state',
    reader: readerWith((reader) => ({
      end: () => (reader.facts.inputTokens === null ? { ok: false, error: null } : reader.end()),
    })),
    found: /healthy answer, and is refused/,
  },
]

const translationWith =
  (change: (text: string) => string): typeof translationBetween =>
  (caller, provider) => {
    const translation = translationBetween(caller, provider)
    if (translation === null) return null
    return {
      ...translation,
      stream: (context) => {
        const translator = translation.stream(context)
        return { push: (bytes) => change(translator.push(bytes)), end: () => change(translator.end()) }
      },
    }
  }

export const WORSE_TRANSLATIONS: { what: string; between: typeof translationBetween; found: RegExp }[] = [
  {
    what: 'loses the reason to end',
    between: translationWith((text) => text.replaceAll('stop_reason', 'stopped_for')),
    found: /written anew it is no answer/,
  },
  {
    what: 'turns one letter into another',
    between: translationWith((text) => text.replaceAll('x', 'y')),
    found: /written anew it says something else/,
  },
]

interface Mistakes {
  decodes?: boolean
  endsCleanly?: boolean
  forgets?: boolean
  hangsUp?: boolean
  lies?: boolean
}

/** A gateway such as one writes in an afternoon: it asks the primary and passes on what comes. */
const naive =
  ({ decodes, endsCleanly, forgets, hangsUp, lies }: Mistakes): StartMiddle =>
  async ({ primary }, _, onRecord) => {
    const agent = new Agent()
    const server = createServer((asked, response) => {
      const leaving = new AbortController()
      if (forgets !== true) response.on('close', () => leaving.abort())
      const feature = String(asked.headers['x-gameday-feature'])
      const tell = (outcome: 'ok' | 'failed') =>
        onRecord({ feature, outcome: lies === true ? 'ok' : outcome } as RequestRecord)
      void (async () => {
        const {
          host: _host,
          connection: _connection,
          'transfer-encoding': _coding,
          ...headers
        } = asked.headers
        const answer = await request(primary + (asked.url ?? '').replace('/v1', ''), {
          method: 'POST',
          headers,
          body: asked,
          dispatcher: agent,
          signal: leaving.signal,
        })
        if (hangsUp === true && answer.statusCode >= 400) return void response.destroy()
        response.writeHead(answer.statusCode, {
          'content-type': String(answer.headers['content-type'] ?? 'application/json'),
          'x-gameday-served-by': 'primary',
        })
        for await (const piece of answer.body as AsyncIterable<Buffer>)
          response.write(decodes === true ? piece.toString() : piece)
        tell(answer.statusCode === 200 ? 'ok' : 'failed')
        response.end()
      })().catch(() => {
        tell('failed')
        if (endsCleanly === true) response.end()
        else response.destroy()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      stop: async () => {
        server.closeAllConnections()
        server.close()
        await agent.destroy()
      },
    }
  }

export const WORSE_ROUTERS: { what: string; start: StartMiddle; found: RegExp }[] = [
  {
    what: 'closes politely what broke off',
    start: naive({ endsCleanly: true }),
    found: /looks like a success and is none/,
  },
  { what: 'cuts characters in two', start: naive({ decodes: true }), found: /not what the upstream said/ },
  {
    what: 'forgets whom it has asked',
    start: naive({ forgets: true }),
    found: /answers are still under way/,
  },
  { what: 'hangs up on errors', start: naive({ hangsUp: true }), found: /there was no answer/ },
  { what: 'records every answer as a good one', start: naive({ lies: true }), found: /is recorded as one/ },
]
