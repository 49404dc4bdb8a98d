import { once } from 'node:events'
import { Agent, request } from 'undici'
import { onTestFinished } from 'vitest'
import { systemClock, type ProviderRole } from '../../src/base/index.ts'
import type { SimulatedProviderConfig } from '../../src/config/index.ts'
import {
  gateControl,
  startGate,
  type Gate,
  type GateControl,
  type GateOptions,
} from '../../src/providers/index.ts'
import type { Attempt } from '../../src/record/index.ts'

export const KEYS: Record<ProviderRole, string> = {
  primary: 'sk-gameday-primary-canary-4f2a91',
  secondary: 'sk-gameday-secondary-canary-77b0c3',
}
export const TOKEN = 'control-token-canary-5e81'
export const MODEL = 'gpt-4o-mini'

/** A simulated provider that answers almost at once. */
export function fastProvider(more: Partial<SimulatedProviderConfig> = {}): SimulatedProviderConfig {
  return {
    kind: 'simulated',
    name: 'simulated',
    format: 'openai',
    model: MODEL,
    firstToken: { p50: 5, p95: 8 },
    interToken: { p50: 1, p95: 2 },
    outputTokens: { least: 4, most: 9 },
    ...more,
  }
}

export interface TestGate {
  gate: Gate
  control: GateControl
  attempts: Attempt[]
  /** Waits until so many attempts have been recorded, and returns them all. */
  recorded: (count: number) => Promise<Attempt[]>
  /** Asks a provider through the gate. */
  ask: (options?: AskOptions) => Promise<{ status: number; headers: Record<string, unknown>; text: string }>
}

export interface AskOptions {
  role?: ProviderRole
  stream?: boolean
  key?: string | null
  body?: object
  path?: string
  method?: 'GET' | 'POST'
  prompt?: string
  signal?: AbortSignal
  /** Called with each piece of the answer. */
  onPiece?: (text: string) => void
}

/** Starts a gate whose attempts are followed, and takes it down when the test is over. */
export async function testGate(options: Partial<GateOptions> = {}): Promise<TestGate> {
  const gate = await startGate({
    listen: '127.0.0.1',
    ports: { primary: 0, secondary: 0, control: 0 },
    providers: { primary: fastProvider(), secondary: fastProvider() },
    keys: KEYS,
    controlToken: TOKEN,
    seed: 1,
    clock: systemClock,
    ...options,
  })
  const control = gateControl({ url: gate.controlUrl, token: TOKEN, timeoutMs: 5000 })
  const agent = new Agent()
  const attempts: Attempt[] = []
  const following = new AbortController()
  const arrivals = new EventTarget()
  onTestFinished(async () => {
    following.abort()
    await agent.destroy()
    await gate.stop()
  })
  await control.followAttempts((attempt) => {
    attempts.push(attempt)
    arrivals.dispatchEvent(new Event('attempt'))
  }, following.signal)

  return {
    gate,
    control,
    attempts,
    async recorded(count) {
      while (attempts.length < count) await once(arrivals, 'attempt', { signal: AbortSignal.timeout(10_000) })
      return attempts
    },
    async ask(asked = {}) {
      const {
        role = 'primary',
        stream = false,
        key = KEYS[role],
        path = '/chat/completions',
        method = 'POST',
      } = asked
      const { prompt = 'Where is my order?\n[gd:r1:m7]', signal, onPiece } = asked
      const body = asked.body ?? { model: MODEL, stream, messages: [{ role: 'user', content: prompt }] }
      const response = await request(gate.urls[role] + path, {
        dispatcher: agent,
        method,
        headers: {
          'content-type': 'application/json',
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        },
        body: method === 'GET' ? null : JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      })
      let text = ''
      for await (const piece of response.body) {
        text += String(piece)
        onPiece?.(text)
      }
      return { status: response.statusCode, headers: response.headers, text }
    },
  }
}
