import {
  PROVIDER_ROLES,
  seededRandom,
  systemClock,
  type FormatId,
  type ProviderRole,
} from '../../src/base/index.ts'
import { configSchema, embeddedRouterOf } from '../../src/config/index.ts'
import { gateControl, startGate, type GateFaultSpec } from '../../src/providers/index.ts'
import type { Attempt, RequestRecord } from '../../src/record/index.ts'
import { startRouter, type Router, type RouterEvent } from '../../src/router/index.ts'
import { routerTarget } from '../../src/stage/router-target.ts'
import { formatOf, withMarker } from '../../src/wire/index.ts'
import { askPath, until, type Reply } from './router-pair.ts'
import { isWhole, saidBy, type Said } from './said.ts'

/** What a `gameday.yaml` would say, with delays and clocks that suit a test. */
export interface HouseConfig {
  primary?: object
  secondary?: object
  router?: { timeouts?: object; circuit?: object; [setting: string]: unknown }
}

export interface Question {
  stream?: boolean
  /** The endpoint. */
  format?: FormatId
  /** Makes it the same request each time; without it every request is another one. */
  prompt?: string
  model?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** What a client got. `ok`: it can take it for an answer. */
export interface Told extends Reply {
  ok: boolean
  said: Said
  tookMs: number
}

/** The product as it is put together for a drill, in this process and without Toxiproxy: client, router, gate, providers. */
export interface House {
  router: Router
  ask: (question?: Question) => Promise<Told>
  /** Puts a fault in force, and returns what ends it. */
  break: (role: ProviderRole, fault: GateFaultSpec) => Promise<() => Promise<boolean>>
  /** What reached a provider, by the gate's own ledger, in the order of its end. */
  attempts: (role?: ProviderRole) => Attempt[]
  records: RequestRecord[]
  /** The states that a provider's circuit went through. */
  states: (role?: ProviderRole) => string[]
  /** Another router before the same providers. */
  neighbour: (router?: HouseConfig['router'], keys?: Partial<Record<ProviderRole, string>>) => Promise<House>
}

const FAST = {
  kind: 'simulated',
  model: 'gpt-4o-mini',
  firstToken: { p50: '5ms', p95: '5ms' },
  interToken: { p50: '1ms', p95: '1ms' },
  outputTokens: { least: 8, most: 8 },
}

/** Starts all of it; `onStop` is the test's own `onTestFinished`, so that several can run at the same time. */
export async function openHouse(
  onStop: (stop: () => Promise<void>) => void,
  config: HouseConfig = {},
): Promise<House> {
  const { providers } = configSchema.parse({
    version: 1,
    providers: {
      primary: { ...FAST, name: 'first', ...config.primary },
      secondary: { ...FAST, name: 'second', ...config.secondary },
    },
  })
  const keys = { primary: 'sk-gameday-house-primary', secondary: 'sk-gameday-house-secondary' }
  const gate = await startGate({
    listen: '127.0.0.1',
    ports: { primary: 0, secondary: 0, control: 0 },
    providers,
    keys,
    controlToken: 'house-token',
    seed: 1,
    clock: systemClock,
  })
  onStop(() => gate.stop())
  const control = gateControl({ url: gate.controlUrl, token: 'house-token', timeoutMs: 5000 })
  const attempts: Attempt[] = []
  const following = new AbortController()
  await control.followAttempts((attempt) => attempts.push(attempt), following.signal)
  onStop(async () => following.abort())
  let faults = 0
  let requests = 0

  async function move(settings: HouseConfig['router'] = {}, own: Partial<typeof keys> = {}): Promise<House> {
    const events: RouterEvent[] = []
    const records: RequestRecord[] = []
    const router = await startRouter({
      config: embeddedRouterOf(configSchema.parse({ version: 1, router: settings })),
      targets: PROVIDER_ROLES.map((role) =>
        routerTarget(role, providers, { baseUrl: gate.urls[role], key: { ...keys, ...own }[role] }),
      ),
      clock: systemClock,
      random: seededRandom(1, 'house'),
      bypass: null,
      onEvent: (event) => events.push(event),
      onRequest: (record) => records.push(record),
    })
    onStop(() => router.stop())
    return {
      router,
      records,
      states: (role = 'primary') =>
        events.filter(({ provider }) => provider === role).map(({ state }) => state),
      attempts: (role) => attempts.filter(({ provider }) => role === undefined || provider === role),
      async break(role, fault) {
        const id = `f${++faults}`
        await control.apply({ id, provider: role, fault, capMs: 60_000 })
        return () => control.remove(id)
      },
      neighbour: move,
      async ask({ stream = false, format = 'openai', headers, signal, ...asked } = {}) {
        const { prompt = 'Where is my order?', model = providers.primary.model } = asked
        const marker = asked.prompt === undefined ? { runTag: 'house', requestId: `m${++requests}` } : null
        const content = marker === null ? prompt : withMarker(prompt, marker)
        const body = JSON.stringify({
          model,
          ...(stream ? { stream } : {}),
          ...(stream && format === 'openai' ? { stream_options: { include_usage: true } } : {}),
          max_tokens: 500,
          messages: [{ role: 'user', content }],
        })
        const startedMs = systemClock.now()
        const reply = await askPath(router.url, formatOf(format).chatPath, {
          body,
          headers: { 'anthropic-version': '2023-06-01', ...headers },
          ...(signal === undefined ? {} : { signal }),
        })
        const tookMs = systemClock.now() - startedMs
        const said = saidBy(format, stream && reply.status === 200, reply.bytes)
        return { ...reply, said, tookMs, ok: reply.status === 200 && reply.clean && isWhole(said) }
      },
    }
  }
  return move(config.router)
}

/** Waits until the gate has written down so many attempts, since its ledger comes after the answer. */
export async function ledger(house: House, count: number, role?: ProviderRole): Promise<Attempt[]> {
  await until(() => house.attempts(role).length >= count)
  return house.attempts(role)
}
