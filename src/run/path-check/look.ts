import { once } from 'node:events'
import { connect } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { Agent } from 'undici'
import { messageOf, systemCode, withDeadline, type Clock } from '../../base/index.ts'
import type { RouterAccess } from '../../config/index.ts'
import { formatOf } from '../../wire/index.ts'
import type { Look } from './types.ts'

const LOOK_MS = 5000
const HTTP2_MS = 2000
/** Nobody is there, or the name leads nowhere: no other way of speaking would help. */
const NOBODY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/**
 * Looks at what answers at a router's address: by HTTP/1.1, as every client here speaks, and where that fails by HTTP/2
 * as well. Sends no question: a body that is none is refused by whoever reads it, and billed by nobody.
 */
export async function lookAt(access: RouterAccess, clock: Clock): Promise<Look> {
  const { keyHeader, chatPath } = formatOf(access.format)
  const agent = new Agent()
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: new URL(access.url).origin,
      path: `${new URL(access.url).pathname.replace(/\/+$/, '')}${chatPath}`,
      method: 'POST',
      headers: {
        ...access.headers,
        [keyHeader.name]: keyHeader.prefix + access.key,
        'content-type': 'application/json',
      },
      body: '{}',
      signal: AbortSignal.timeout(LOOK_MS),
    })
    await body.dump()
    return { what: 'answer', status: statusCode, contentType: String(headers['content-type'] ?? '') }
  } catch (error) {
    const code = systemCode(error) ?? 'no answer'
    if (NOBODY.has(code)) return { what: 'nobody', code }
    return (await speaksHttp2(access.url, clock)) ? { what: 'http2' } : { what: 'not-http', code }
  } finally {
    await agent.destroy()
  }
}

/** Says why an address takes no connection; null where it takes one. */
export async function refusalOf(url: string, clock: Clock): Promise<string | null> {
  const { hostname, port } = new URL(url)
  const socket = connectTcp(Number(port), hostname.replace(/^\[|\]$/g, ''))
  try {
    return await withDeadline(clock, LOOK_MS, 'no connection', () => once(socket, 'connect').then(() => null))
  } catch (error) {
    return systemCode(error) ?? messageOf(error)
  } finally {
    socket.destroy()
  }
}

async function speaksHttp2(url: string, clock: Clock): Promise<boolean> {
  const session = connect(new URL(url).origin)
  const over = new AbortController()
  const answered = new Promise<boolean>((resolve) => {
    session.on('error', () => resolve(false))
    session.on('remoteSettings', () => resolve(true))
    void clock.sleep(HTTP2_MS, over.signal).then(
      () => resolve(false),
      () => undefined, // It has answered.
    )
  })
  const speaks = await answered
  over.abort()
  session.destroy()
  return speaks
}
