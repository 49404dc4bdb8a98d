import { bodyOf, httpServer, type Later } from './rollback-servers.ts'

export interface Freezing {
  url: string
  /** Every call that came, in order. */
  asked: string[]
  state(): { there: boolean; enabled: boolean; toxics: string[]; frozen: boolean }
  /** Lets what is asked next go unanswered although it is carried out, once. */
  swallowNext(call: string): void
}

/**
 * A Toxiproxy with one proxy and one toxic as it was up to 2.12, where a client does not read: removing the toxic while
 * the proxy is enabled never ends, and from then on nothing that looks at the proxy is answered, for good; its version
 * is told, and it can be deleted. Measured on 2.12.0. From 2.13 on, and while the proxy is disabled, all goes well.
 */
export async function freezingToxiproxy(
  { version, toxic, frozen = false }: { version: string | null; toxic: string; frozen?: boolean },
  later: Later,
): Promise<Freezing> {
  const state = { there: true, enabled: true, toxics: [toxic], frozen }
  const freezes = version === null || /^2\.([0-9]|1[0-2])\./.test(version) || version === 'git'
  let swallowed: string | null = null
  const server = await httpServer(async (request, response) => {
    const body = await bodyOf(request)
    const call = `${request.method} ${request.url}`
    const answer = (status: number, value: unknown) => {
      if (swallowed === call) {
        swallowed = null
        return
      }
      response.writeHead(status).end(status === 204 ? undefined : JSON.stringify(value))
    }
    const proxy = () => ({
      name: 'p',
      listen: '127.0.0.1:1',
      upstream: '127.0.0.1:2',
      enabled: state.enabled,
      toxics: state.toxics.map((name) => ({
        name,
        type: 'latency',
        stream: 'downstream',
        toxicity: 1,
        attributes: {},
      })),
    })
    const notFound = () => answer(404, { error: 'proxy not found', status: 404 })
    if (request.url === '/version') {
      return version === null ? response.writeHead(404).end('404 page not found\n') : answer(200, { version })
    }
    if (!state.there) return notFound()
    if (request.method === 'DELETE' && request.url === '/proxies/p') {
      state.there = false
      return answer(204, null)
    }
    if (request.method === 'POST') {
      state.enabled = (JSON.parse(body) as { enabled: boolean }).enabled
    }
    if (request.method === 'DELETE') {
      if (state.enabled && freezes) state.frozen = true
      else state.toxics = []
    }
    if (state.frozen) return
    if (request.method === 'DELETE') return answer(204, null)
    answer(200, proxy())
  }, later)
  return {
    url: server.url,
    asked: server.asked,
    state: () => state,
    swallowNext: (call) => {
      swallowed = call
    },
  }
}
