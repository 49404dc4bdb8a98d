import { Agent } from 'undici'

/**
 * Makes the HTTP agent of the load: as many keep-alive connections as requests are under way, one request at a time on
 * each. Nothing ever waits behind a slow answer, which would close the open model by the back door.
 *
 * Connections that idle for two seconds are closed from this side: many servers close theirs after five, and a request
 * that crosses such a close looks like a failure of the system under test. It is not sent again: one sample, one request.
 */
export function loadAgent(timeoutMs: number): Agent {
  return new Agent({
    connections: null,
    pipelining: 1,
    keepAliveTimeout: 2000,
    keepAliveMaxTimeout: 2000,
    headersTimeout: 0,
    bodyTimeout: 0,
    // The client's own limit comes first; this one frees the socket behind it.
    connectTimeout: timeoutMs + 1000,
  })
}
