import { Agent } from 'undici'
import { systemCode } from '../../base/index.ts'
import type { RealProviderConfig } from '../../config/index.ts'
import type { Answerer } from './answerer.ts'
import { noteRequest } from './attempt.ts'
import { copyOf, type BodyCopy } from './copy.ts'
import { deliver } from './deliver.ts'
import { holdBack, sendGateError, type Exchange } from './exchange.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import { blotted, KeyBlotter } from './redact.ts'

export interface ForwardOptions {
  provider: RealProviderConfig
  /** The gate's own key, which must not go upstream. */
  gateKey: string
  /** The real one, which goes nowhere else. */
  realKey: string
  /** Certificate authority of the upstream, as PEM. */
  ca?: string | undefined
}

/**
 * Forwards to a real provider, key exchanged, bytes untouched in both directions, and reads along what they say.
 *
 *     caller --gate key--> gate --real key, TLS--> provider
 *            <-- bytes as they come, unless a fault shapes them --
 */
export function forwardingAnswerer({ provider, gateKey, realKey, ca }: ForwardOptions): Answerer {
  const base = new URL(provider.baseUrl)
  const agent = new Agent({ connect: { timeout: 10_000, ...(ca === undefined ? {} : { ca }) } })
  const blotter = new KeyBlotter(realKey)
  const bodies = new WeakMap<Exchange, BodyCopy>()

  return {
    async answer(exchange) {
      const { req, format, signal } = exchange
      const asked = copyOf(exchange.body)
      bodies.set(exchange, asked)
      await holdBack(exchange, 'headersLateMs')
      const upstream = await agent
        .request({
          origin: base.origin,
          path: upstreamPath(base, req.url ?? '/'),
          method: req.method ?? 'GET',
          headers: {
            ...format.requiredHeaders,
            ...requestHeaders(req.headers, gateKey),
            [format.keyHeader.name]: format.keyHeader.prefix + realKey,
          },
          body: req.method === 'GET' || req.method === 'HEAD' ? null : asked.body,
          signal,
        })
        .catch(async (error: unknown) => {
          if (signal.aborted) throw error
          await asked.ended
          return systemCode(error) ?? 'unknown error'
        })
      if (typeof upstream === 'string') {
        return sendGateError(exchange, {
          class: 'connection',
          code: 'upstream_unreachable',
          message: `The gate could not reach ${provider.name} at ${base.host}: ${upstream}.`,
        })
      }
      await deliver(exchange, {
        status: upstream.statusCode,
        headers: answerHeaders(upstream.headers, (value) => blotter.text(value)),
        body: blotted(upstream.body, realKey),
        readAlong: true,
      })
    },

    settle: (exchange) => {
      const { attempt, format } = exchange
      if (attempt !== null) noteRequest(attempt, format, bodies.get(exchange)?.text() ?? '')
    },

    close: () => agent.destroy(),
  }
}

/** The path at the upstream: its own base path in the place of the gate's `/v1`. */
function upstreamPath(base: URL, url: string): string {
  return base.pathname.replace(/\/$/, '') + url.replace(/^\/v1(?=[/?]|$)/, '')
}
