import { randomBytes, randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, GamedayError, messageOf, seededRandom, type ProviderRole } from '../base/index.ts'
import {
  defaultConfig,
  embeddedRouterOf,
  parseConfig,
  readConfigFile,
  resolveKeys,
  resolveRedis,
  watchConfig,
  type Config,
} from '../config/index.ts'
import {
  heliconeExport,
  openExporter,
  otlpExport,
  otlpHeaders,
  type Outbox,
  type PageTarget,
} from '../log/index.ts'
import type { RequestRecord } from '../record/index.ts'
import { createMetrics, openDoor } from '../router/index.ts'
import { serveRouter as startServing, stageLog, type ServedRouter, type StagedLog } from '../stage/index.ts'
import { withTilde } from '../rollback/index.ts'
import { readBypass } from './flags.ts'
import type { Io } from './io.ts'
import { logPath } from './log-place.ts'
import { reloading } from './reloading.ts'
import { routerSignals } from './router-signals.ts'
import { routersFolder } from './running-router.ts'
import { version } from './version.ts'

export interface ServeRouterFlags {
  config?: string
}

/** How often the alerts are looked at. */
const LOOK_EVERY_MS = 15_000
/** What is still waiting to be written or sent at the end gets so long. */
const LAST_WORDS_MS = 3000

/**
 * Serves the router of `gameday.yaml` with its log, its alerts and its exporters, until INT or TERM. A change of the file,
 * or a HUP, changes the router while it serves.
 */
export async function serveRouter(flags: ServeRouterFlags, io: Io): Promise<number> {
  const say = (text: string) => void io.stderr.write(`gameday: ${text}\n`)
  const path = flags.config ?? join(io.cwd, 'gameday.yaml')
  const file = flags.config === undefined && !existsSync(path) ? null : await readConfigFile(path)
  const config = file === null ? defaultConfig() : parseConfig(file.bytes, path)
  const { listen } = embeddedRouterOf(config)
  const realKeys = resolveKeys(config, io.env)
  const bypass = readBypass(io.env)
  const pages = pageTarget(config, io)
  const exporters = openExporters(config, io, say)
  const clientKey = io.env.GAMEDAY_ROUTER_KEY ?? ''
  let asksToReload: () => void = () => undefined
  const asked = routerSignals(io, () => asksToReload())

  const log = await openLog(config, pages, io, say)
  let requests = 0
  const metrics = await createMetrics({
    version: version(),
    state: () => router.state(),
    deliveries: () => [
      { to: 'log', ...(log?.figures() ?? { taken: 0, lost: requests }) },
      ...exporters.map(({ to, outbox }) => ({ to, ...outbox.figures() })),
    ],
    isReloaded: () => reload.worked,
  })
  const router: ServedRouter = await startServing({
    config: resolveRedis(config, io.env),
    realKeys,
    source: { sha256: file?.sha256 ?? null, awaitsRestart: [] },
    clock: io.clock,
    // Several routers must not all draw the same share at the same time.
    random: seededRandom(randomInt(2 ** 31), 'canary'),
    bypass,
    onDeath: (error) => say(`the simulated providers are gone: ${error.message}`),
    onEvent: (event) => {
      metrics.onEvent(event)
      say(`circuit of ${event.provider} ${event.state}: ${event.reason}`)
    },
    onRequest: (record) => {
      requests++
      log?.add(record)
      for (const { outbox } of exporters) outbox.add(record)
      metrics.onRequest(record)
    },
    ...(log === null ? {} : { spentElsewhere: log.spentElsewhere }),
    onAttempt: metrics.onAttempt,
    metrics: metrics.page,
    ...(clientKey === '' ? {} : { clientKey }),
  }).catch(async (error: unknown) => {
    await Promise.all([log?.stop(0), ...exporters.map(({ outbox }) => outbox.close(0))])
    throw error
  })
  const reload = reloading({ path, started: { config, file }, router, env: io.env, say })
  const door = await openTheDoor(router, path, io, say)
  if (clientKey === '' && !isLoopback(listen))
    say(`whoever reaches ${listen} can spend your providers' money: set GAMEDAY_ROUTER_KEY`)
  io.stdout.write(
    `The router listens on ${router.url}${bypass === null ? '' : `, bypassed to the ${bypass}`}\n`,
  )

  const watching = new AbortController()
  asksToReload = () => void reload.asked()
  const watched = watchConfig({
    path,
    last: file,
    clock: io.clock,
    signal: watching.signal,
    onChange: (changed) => void reload.changed(changed),
  })
  await asked
  asksToReload = () => undefined
  watching.abort()
  say('stopping: what is under way comes to its end')
  await Promise.all([watched, door?.close(), router.drain()])
  await Promise.all([log?.stop(LAST_WORDS_MS), ...exporters.map(({ outbox }) => outbox.close(LAST_WORDS_MS))])
  say(farewell(requests, log))
  return EXIT.ok
}

/** Lets `gameday bypass` in. A router that it cannot reach serves all the same. */
async function openTheDoor(router: ServedRouter, path: string, io: Io, say: (text: string) => void) {
  const onBypass = (to: ProviderRole | null) =>
    say(to === null ? 'no longer bypassed' : `BYPASSED: everything new goes straight to the ${to}`)
  try {
    return await openDoor({
      folder: routersFolder(io),
      facts: {
        id: randomBytes(4).toString('hex'),
        url: router.url,
        config: withTilde(path),
        startedAt: io.clock.wall().toISOString(),
      },
      router,
      onBypass,
    })
  } catch (error) {
    say(messageOf(error))
    return null
  }
}

function farewell(requests: number, log: StagedLog | null): string {
  const lost = log === null ? requests : log.figures().lost
  return `${requests} requests; ${lost === 0 ? 'all' : requests - lost} of them are in the log`
}

/** A router without its log is better than none: it says so and serves. */
async function openLog(
  config: Config,
  pages: PageTarget,
  io: Io,
  say: (text: string) => void,
): Promise<StagedLog | null> {
  const { success, p95, cost } = config.objectives
  const path = logPath(config, io)
  try {
    const log = await stageLog({
      data: {
        path,
        retentionMs: config.log.retention,
        objectives: { success, p95Ms: p95, costUsd: cost },
        pages,
        lookEveryMs: LOOK_EVERY_MS,
      },
      clock: io.clock,
      say,
    })
    say(`requests are logged in ${withTilde(path)}${config.log.text ? ', their texts included' : ''}`)
    return log
  } catch (error) {
    say(`SERVING WITHOUT A LOG, and so without alerts: ${messageOf(error)}`)
    return null
  }
}

function pageTarget({ alerts: { webhook, command } }: Config, { env }: Io): PageTarget {
  return {
    webhook: webhook === undefined ? null : needed(webhook, 'alerts.webhook', env),
    command: command ?? null,
  }
}

function openExporters(
  { export: { otlp, helicone } }: Config,
  { env, clock }: Io,
  say: (text: string) => void,
) {
  const open: { to: string; outbox: Outbox<RequestRecord> }[] = []
  if (otlp !== undefined) {
    const send = otlpExport({
      endpoint: needed(otlp.endpoint, 'export.otlp.endpoint', env),
      headers: otlpHeaders(env[otlp.headers] ?? ''),
      version: version(),
    })
    open.push({ to: 'otlp', outbox: openExporter({ name: 'OTLP', batch: 200, send, clock, say }) })
  }
  if (helicone !== undefined) {
    const key = needed(helicone.key, 'export.helicone.key', env)
    const send = heliconeExport({ endpoint: helicone.endpoint, key })
    open.push({ to: 'helicone', outbox: openExporter({ name: 'Helicone', batch: 1, send, clock, say }) })
  }
  return open
}

function needed(name: string, setting: string, env: Io['env']): string {
  const value = env[name] ?? ''
  if (value !== '') return value
  throw new GamedayError(`${name} is not set in the environment, and ${setting} names it`, {
    code: 'ENVIRONMENT_MISSING',
    hint: `Set it, or remove ${setting.split('.').slice(0, 2).join('.')} from gameday.yaml.`,
  })
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
