import { Proxy as ClientProxy, Toxic as ClientToxic, Toxiproxy } from 'toxiproxy-node-client'
import type { z } from 'zod'
import { baseUrlOf } from './base-url.ts'
import { explain } from './explain.ts'
import { bareProxyState, proxyMap, proxyState, readVersion, toxicState } from './shapes.ts'
import { Transport, TransportFailure } from './transport.ts'
import type { NewProxy, NewToxic, ProxyState, ToxicState } from './types.ts'

export interface ToxiproxyControlOptions {
  /** Base URL of the control port: `http://127.0.0.1:8474`. */
  url: string
  /** Longest that one call may take, from connecting to the last byte of the answer. */
  timeoutMs: number
}

/**
 * The control of a Toxiproxy, embedded or real. Every call throws `ToxiproxyError` with the code
 * `TOXIPROXY_UNREACHABLE`, `TOXIPROXY_TIMEOUT` or `TOXIPROXY_REFUSED`; none retries. There is no global reset, and
 * nothing that touches a proxy one has not named: a server may be shared.
 */
export interface ToxiproxyControl {
  readonly url: string
  /** Says what version answers: `2.12.0`, or `git` for one that was built from source. No health check: see `listProxies`. */
  version(): Promise<string>
  /** Lists all proxies, ours and others'. A frozen server still answers `version` but not this. */
  listProxies(): Promise<ProxyState[]>
  createProxy(proxy: NewProxy): Promise<ProxyState>
  /** Reads a proxy with its toxics; null when there is none of that name. */
  getProxy(name: string): Promise<ProxyState | null>
  /** Opens or closes a proxy's port. Closing drops its connections and keeps its toxics. */
  setEnabled(name: string, enabled: boolean): Promise<ProxyState>
  /** Deletes a proxy and drops its connections; false when it was gone already. */
  deleteProxy(name: string): Promise<boolean>
  addToxic(proxy: string, toxic: NewToxic): Promise<ToxicState>
  /** Removes a toxic; false when it, or its proxy, was gone already. */
  removeToxic(proxy: string, name: string): Promise<boolean>
}

/** Makes the control of the Toxiproxy at `url`, without connecting yet. Throws `TOXIPROXY_URL` when that is no URL. */
export function toxiproxyControl({ url, timeoutMs }: ToxiproxyControlOptions): ToxiproxyControl {
  const base = baseUrlOf(url)
  const transport = new Transport(timeoutMs)
  const client = new Toxiproxy(base)
  client.api = transport

  /** Runs one call and says, if it fails, what it was for. */
  async function during<T>(deed: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      throw error instanceof TransportFailure ? explain(error, { deed, url: base, timeoutMs }) : error
    }
  }

  return {
    url: base,

    version: () =>
      during('ask for the version', async () => {
        const text = await client.getVersion()
        const version = readVersion(text)
        if (version === null) throw new TransportFailure('malformed', { text: text.slice(0, 80).trim() })
        return version
      }),

    // By the transport: the client's own getAll() drops the toxics.
    listProxies: () =>
      during('list the proxies', async () =>
        Object.values(read(proxyMap, (await transport.get(`${base}/proxies`)).data)),
      ),

    createProxy: (proxy) =>
      during(`create the proxy "${proxy.name}" on ${proxy.listen}`, async () => {
        const { name, listen, upstream, enabled } = await client.createProxy(proxy)
        return { ...read(bareProxyState, { name, listen, upstream, enabled }), toxics: [] }
      }),

    // By the transport: the client's own get() drops the toxics.
    getProxy: (name) =>
      during(`read the proxy "${name}"`, async () => {
        const answer = await orIfGone(null, () => transport.get(proxyUrl(base, name)))
        return answer === null ? null : read(proxyState, answer.data)
      }),

    // By the transport: the client's own update() wants listen and upstream too, and sending those may rebind the proxy,
    // for a listen address of port 0 is always taken for a change.
    setEnabled: (name, enabled) =>
      during(`${enabled ? 'enable' : 'disable'} the proxy "${name}"`, async () => {
        const target = proxyUrl(base, name)
        const answer = await transport.post(target, { enabled }).catch((error: unknown) => {
          // POST is what every version knows; it is deprecated since 2.6, so a later one may answer 405.
          if (error instanceof TransportFailure && error.status === 405)
            return transport.patch(target, { enabled })
          throw error
        })
        return read(proxyState, answer.data)
      }),

    deleteProxy: (name) =>
      during(`delete the proxy "${name}"`, () =>
        orIfGone(false, () =>
          proxyHandle(client, name)
            .remove()
            .then(() => true),
        ),
      ),

    addToxic: (proxy, toxic) =>
      during(`add the ${toxic.type} toxic "${toxic.name}" to the proxy "${proxy}"`, async () =>
        read(toxicState, (await proxyHandle(client, proxy).addToxic(toxic)).toJson()),
      ),

    removeToxic: (proxy, name) =>
      during(`remove the toxic "${name}" from the proxy "${proxy}"`, () =>
        orIfGone(false, () =>
          toxicHandle(client, proxy, name)
            .remove()
            .then(() => true),
        ),
      ),
  }
}

/** Lets a 404 mean that the thing is gone, which is no failure for whoever reads or removes it. */
async function orIfGone<T, G>(gone: G, call: () => Promise<T>): Promise<T | G> {
  try {
    return await call()
  } catch (error) {
    // By the text too: a bare "404 page not found" comes from a wrong URL and says nothing about the thing.
    if (
      error instanceof TransportFailure &&
      error.status === 404 &&
      /^(proxy|toxic) not found$/i.test(error.text ?? '')
    )
      return gone
    throw error
  }
}

function read<T>(shape: z.ZodType<T>, data: unknown): T {
  const result = shape.safeParse(data)
  if (result.success) return result.data
  throw new TransportFailure('malformed', { text: null, cause: result.error })
}

function proxyUrl(base: string, name: string): string {
  return `${base}/proxies/${encodeURIComponent(name)}`
}

/** A proxy as the client knows it, made without asking the server. Its name goes into URLs, which the client does not encode. */
function proxyHandle(client: Toxiproxy, name: string): ClientProxy {
  return new ClientProxy(client, {
    name: encodeURIComponent(name),
    listen: '',
    upstream: '',
    enabled: true,
    toxics: [],
  })
}

function toxicHandle(client: Toxiproxy, proxy: string, name: string): ClientToxic<object> {
  return new ClientToxic(client.api, proxyHandle(client, proxy).getPath(), {
    name: encodeURIComponent(name),
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
    attributes: {},
  })
}
