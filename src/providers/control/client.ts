import { Agent, errors, type Dispatcher } from 'undici'
import { GamedayError, messageOf, systemCode } from '../../base/index.ts'
import { attemptSchema } from '../../record/index.ts'
import type { GateControl } from '../types.ts'
import { linesOf } from './lines.ts'
import { aboutSchema, faultSchema, stateSchema } from './schema.ts'

export interface GateControlOptions {
  /** Where the control endpoint listens, such as http://127.0.0.1:9000. */
  url: string
  token: string
  /** Longest that one call may take. */
  timeoutMs: number
}

interface Call {
  method: 'GET' | 'PUT' | 'DELETE'
  path: string
  body?: object
}

/** Commands a gate through its control endpoint. See GateControl for what its calls throw. */
export function gateControl({ url, token, timeoutMs }: GateControlOptions): GateControl {
  const base = url.replace(/\/$/, '')
  const agent = new Agent({ connect: { timeout: timeoutMs } })
  const authorization = `Bearer ${token}`

  const call = async ({ method, path, body }: Call): Promise<{ status: number; body: unknown }> => {
    const what = `${method} ${path}`
    const response = await agent
      .request({
        origin: base,
        path,
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      })
      .then(async ({ statusCode, body: answer }) => ({ status: statusCode, text: await answer.text() }))
      .catch((error: unknown) => {
        throw unreached(error, what)
      })
    return { status: response.status, body: parsed(response.text) }
  }

  const unreached = (error: unknown, what: string): GamedayError =>
    timedOut(error)
      ? new GamedayError(`the gate at ${base} did not answer ${what} within ${timeoutMs} ms`, {
          code: 'GATE_TIMEOUT',
          hint: 'It may hang or be overloaded: look at the process that serves it.',
          cause: error,
        })
      : new GamedayError(`the gate at ${base} cannot be reached: ${systemCode(error) ?? messageOf(error)}`, {
          code: 'GATE_UNREACHABLE',
          hint: 'Check that it runs, and that the address of its control endpoint is right.',
          cause: error,
        })

  const refused = (status: number, body: unknown, { method, path }: Call): GamedayError =>
    new GamedayError(`the gate at ${base} refused ${method} ${path} with ${status}: ${wordsOf(body)}`, {
      code: 'GATE_REFUSED',
      ...(status === 401
        ? { hint: 'The control token is not the one that this gate was started with.' }
        : {}),
    })

  const read = <T>(schema: { parse(body: unknown): T }, body: unknown, what: Call): T => {
    try {
      return schema.parse(body)
    } catch (error) {
      throw new GamedayError(
        `what answers ${what.method} ${what.path} at ${base} is not a gate of this version`,
        {
          code: 'GATE_REFUSED',
          hint: 'Check the address, and that both sides are the same version of gameday.',
          cause: error,
        },
      )
    }
  }

  return {
    url: base,

    async state() {
      const asked: Call = { method: 'GET', path: '/state' }
      const { status, body } = await call(asked)
      if (status !== 200) throw refused(status, body, asked)
      return read(stateSchema, body, asked)
    },

    async about() {
      const asked: Call = { method: 'GET', path: '/about' }
      const { status, body } = await call(asked)
      if (status !== 200) throw refused(status, body, asked)
      return read(aboutSchema, body, asked)
    },

    async apply({ id, ...rest }) {
      const asked: Call = { method: 'PUT', path: `/faults/${encodeURIComponent(id)}`, body: rest }
      const { status, body } = await call(asked)
      if (status !== 200) throw refused(status, body, asked)
      return read(faultSchema, body, asked)
    },

    async remove(id) {
      const asked: Call = { method: 'DELETE', path: `/faults/${encodeURIComponent(id)}` }
      const { status, body } = await call(asked)
      if (status !== 204 && status !== 404) throw refused(status, body, asked)
      return status === 204
    },

    async vendorKey(console, act) {
      const asked: Call = { method: act === 'revoke' ? 'DELETE' : 'PUT', path: new URL(console).pathname }
      const { status, body } = await call(asked)
      if (status !== 200) throw refused(status, body, asked)
    },

    async followAttempts(onAttempt, signal, onLost) {
      const asked: Call = { method: 'GET', path: '/attempts' }
      const response = await agent
        .request({
          origin: base,
          path: asked.path,
          method: asked.method,
          headers: { authorization },
          headersTimeout: timeoutMs,
          // Between two attempts any time may pass.
          bodyTimeout: 0,
          signal,
        })
        .catch((error: unknown) => {
          throw signal.aborted ? signal.reason : unreached(error, 'GET /attempts')
        })
      if (response.statusCode !== 200) {
        throw refused(response.statusCode, parsed(await response.body.text()), asked)
      }
      const hand = async (body: Dispatcher.ResponseData['body']) => {
        for await (const line of linesOf(body)) onAttempt(read(attemptSchema, parsed(line), asked))
        throw new GamedayError(`the gate at ${base} ended the line of attempts`, { code: 'GATE_UNREACHABLE' })
      }
      hand(response.body).catch((error: unknown) => {
        if (signal.aborted) return
        onLost?.(error instanceof GamedayError ? error : unreached(error, 'GET /attempts'))
      })
    },
  }
}

function timedOut(error: unknown): boolean {
  return (
    (error instanceof Error && error.name === 'TimeoutError') ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError
  )
}

/** The gate's own words for a refusal; of what is not a gate, that it said nothing readable. */
function wordsOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string'
    ? body.error
    : 'no reason given'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
