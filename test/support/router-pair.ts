import { request } from 'undici'
import { afterEach } from 'vitest'
import {
  seededRandom,
  systemClock,
  type Clock,
  type ProviderRole,
  type Random,
} from '../../src/base/index.ts'
import { configSchema, embeddedRouterOf, type RouterConfig } from '../../src/config/index.ts'
import {
  startRouter,
  type AttemptEnd,
  type Router,
  type RouterEvent,
  type RouterOptions,
  type RouterSettings,
  type RouterTarget,
} from '../../src/router/index.ts'
import type { RequestRecord } from '../../src/record/index.ts'
import { answers, startUpstream, type Script, type Upstream } from './router-upstream.ts'

const stops: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** A router's configuration as a `gameday.yaml` would give it. */
export function routerConfig(router: Record<string, unknown> = {}): RouterConfig {
  return embeddedRouterOf(configSchema.parse({ version: 1, router }))
}

/** Stops something after the test. */
export function stopAfterTest(stop: () => Promise<void>): void {
  stops.push(stop)
}

export const KEYS = { primary: 'sk-canary-primary-0123456789', secondary: 'sk-canary-secondary-0123456789' }

/** The real clock, which a test can put forward. */
export function movableClock(): Clock & { forward: (ms: number) => void } {
  let ahead = 0
  return { ...systemClock, now: () => systemClock.now() + ahead, forward: (ms) => (ahead += ms) }
}

export interface PairOptions {
  primary?: Script
  secondary?: Script
  config?: Record<string, unknown>
  clock?: Clock
  random?: Random
  bypass?: ProviderRole
  clientKey?: string
  recordText?: boolean
  metrics?: RouterOptions['metrics']
  targets?: ChangedTargets
}

type ChangedTargets = Partial<Record<ProviderRole, Partial<RouterTarget>>>

export interface Pair {
  router: Router
  primary: Upstream
  secondary: Upstream
  events: RouterEvent[]
  /** What the router told about requests that are over. */
  records: RequestRecord[]
  /** What it told about attempts that are over. */
  attempts: AttemptEnd[]
  /** The settings that it started with, changed like this, for a reload. */
  settings: (config?: Record<string, unknown>, targets?: ChangedTargets) => RouterSettings
  /** The states the primary's circuit went through. */
  states: () => string[]
  ask: (options?: AskOptions) => Promise<Reply>
}

/** A router before two scripted providers, which answer well unless told otherwise. Stopped after the test. */
export async function startPair(options: PairOptions = {}): Promise<Pair> {
  const primary = await startUpstream(options.primary ?? answers('primary'))
  const secondary = await startUpstream(options.secondary ?? answers('secondary'))
  const events: RouterEvent[] = []
  const records: RequestRecord[] = []
  const attempts: AttemptEnd[] = []
  const target = (role: ProviderRole, upstream: Upstream, more: ChangedTargets): RouterTarget => ({
    role,
    name: `test-${role}`,
    format: 'openai',
    baseUrl: upstream.url,
    key: KEYS[role],
    price: { input: 1, output: 10 },
    ...options.targets?.[role],
    ...more[role],
  })
  const settings: Pair['settings'] = (config = {}, targets = {}) => ({
    config: routerConfig({ timeouts: { firstToken: '5s' }, ...options.config, ...config }),
    targets: [target('primary', primary, targets), target('secondary', secondary, targets)],
    ...(options.recordText === undefined ? {} : { recordText: options.recordText }),
  })
  const router = await startRouter({
    ...settings(),
    clock: options.clock ?? systemClock,
    random: options.random ?? seededRandom(1, 'canary'),
    bypass: options.bypass ?? null,
    onEvent: (event) => events.push(event),
    onRequest: (record) => records.push(record),
    onAttempt: (end) => attempts.push(end),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    ...(options.clientKey === undefined ? {} : { clientKey: options.clientKey }),
  })
  stops.push(primary.stop, secondary.stop, () => router.stop())
  return {
    router,
    primary,
    secondary,
    events,
    records,
    attempts,
    settings,
    states: () => events.filter(({ provider }) => provider === 'primary').map(({ state }) => state),
    ask: (ask) => askChat(router.url, ask),
  }
}

export interface AskOptions {
  stream?: boolean
  body?: string
  headers?: Record<string, string>
  signal?: AbortSignal
  method?: 'GET' | 'POST'
}

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  bytes: Buffer
  trailers: Record<string, string>
  /** The body ended as HTTP says it must. */
  clean: boolean
  servedBy: unknown
  attempts: unknown
}

/** Asks a chat completion, and reads all there is to read even if it breaks off. */
export function askChat(url: string, options?: AskOptions): Promise<Reply> {
  return askPath(url, '/chat/completions', options)
}

/** Asks something else of the router in the same way. */
export async function askPath(
  url: string,
  path: string,
  { stream = false, body, headers, signal, method = 'POST' }: AskOptions = {},
): Promise<Reply> {
  const answer = await request(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: method === 'GET' ? null : (body ?? chatBody(stream)),
    ...(signal === undefined ? {} : { signal }),
  })
  const chunks: Buffer[] = []
  let clean = true
  try {
    for await (const chunk of answer.body) chunks.push(chunk as Buffer)
  } catch (error) {
    if (signal?.aborted === true) throw error
    clean = false
  }
  const bytes = Buffer.concat(chunks)
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: bytes.toString(),
    bytes,
    trailers: answer.trailers,
    clean,
    servedBy: answer.headers['x-gameday-served-by'],
    attempts: answer.headers['x-gameday-attempts'],
  }
}

/** A request's body, with spaces and an order of keys that a re-serialization would lose. */
export function chatBody(stream: boolean): string {
  return `{ "messages": [{"role":"user","content":"canary prompt"}],  "model":"gpt-4o-mini",${stream ? '"stream":true,' : ''} "user":"u1" }`
}

/** Waits until something is so, for up to five seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries++) await systemClock.sleep(10)
  if (!holds()) throw new Error('it never became so')
}
