import { HttpClient, type HttpResponse } from 'toxiproxy-node-client/dist/HttpClient.js'

export type FailureKind = 'unreachable' | 'timeout' | 'refused' | 'malformed'

/** Why one HTTP exchange failed, with what the npm client throws away: status, the server's text, the cause. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure'
  readonly kind: FailureKind
  readonly status: number | null
  readonly text: string | null

  constructor(
    kind: FailureKind,
    { status = null, text = null, cause }: { status?: number | null; text?: string | null; cause?: unknown },
  ) {
    super(text ?? kind, { cause })
    this.kind = kind
    this.status = status
    this.text = text
  }
}

/**
 * The HTTP under `toxiproxy-node-client`, put in the place of its own through `Toxiproxy.api`: the client's one seam,
 * handed on to every Proxy and Toxic it makes. Its own has no timeout, drops the server's error text and the cause of
 * a failed connection, and follows a redirected POST as a GET. Global fetch is kept, as the client uses it.
 */
export class Transport extends HttpClient {
  readonly #timeoutMs: number

  constructor(timeoutMs: number) {
    super()
    this.#timeoutMs = timeoutMs
  }

  override async get<T>(url: string): Promise<HttpResponse<T>> {
    return { data: parse((await this.#exchange('GET', url)).text) }
  }

  override async post<T>(url: string, body?: unknown): Promise<HttpResponse<T>> {
    return { data: parse((await this.#exchange('POST', url, body)).text) }
  }

  /** Not in the npm client, which updates by POST only: deprecated, though the one way that old servers know. */
  async patch<T>(url: string, body: unknown): Promise<HttpResponse<T>> {
    return { data: parse((await this.#exchange('PATCH', url, body)).text) }
  }

  override async delete(url: string): Promise<void> {
    await this.#exchange('DELETE', url)
  }

  override async getText(url: string): Promise<string> {
    return (await this.#exchange('GET', url)).text
  }

  async #exchange(method: string, url: string, body?: unknown): Promise<{ status: number; text: string }> {
    // The signal covers the body as well as the headers, and ends the exchange on the wire, not only the waiting for it.
    const signal = AbortSignal.timeout(this.#timeoutMs)
    const content =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    let answer: { status: number; text: string; ok: boolean }
    try {
      const response = await fetch(url, { method, signal, redirect: 'manual', ...content })
      answer = { status: response.status, ok: response.ok, text: await response.text() }
    } catch (error) {
      if (signal.aborted) throw new TransportFailure('timeout', { cause: error })
      throw new TransportFailure('unreachable', { cause: error })
    }
    if (!answer.ok)
      throw new TransportFailure('refused', { status: answer.status, text: errorText(answer.text) })
    return answer
  }
}

/** Reads an answer's JSON. Every answer of the API is an object, and the client trips over anything else. */
function parse<T>(text: string): T {
  try {
    const parsed: T = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed
  } catch (error) {
    throw new TransportFailure('malformed', { text: clip(text), cause: error })
  }
  throw new TransportFailure('malformed', { text: clip(text) })
}

/** Finds the sentence in an error's body: `{"error":"proxy not found","status":404}`, or bare text, or nothing. */
function errorText(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body)
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      'error' in parsed &&
      typeof parsed.error === 'string'
    )
      return clip(parsed.error)
  } catch {
    // Not JSON: a proxy in between, or the server's own timeout page. What it says is better than nothing.
  }
  return body.trim() === '' ? null : clip(body)
}

/** Keeps what fits in a sentence: a page of HTML in an error message helps nobody. */
function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}
