import { randomInt } from 'node:crypto'
import { EXIT, GamedayError, messageOf, seededRandom } from '../base/index.ts'
import { resolveKeys, type Config } from '../config/index.ts'
import {
  heliconeExport,
  openExporter,
  otlpExport,
  otlpHeaders,
  type Outbox,
  type PageTarget,
} from '../log/index.ts'
import type { RequestRecord } from '../record/index.ts'
import { startRouter } from '../router/index.ts'
import { stageLog, startUpstreams, type StagedLog } from '../stage/index.ts'
import { withTilde } from '../rollback/index.ts'
import { readBypass } from './flags.ts'
import type { Io } from './io.ts'
import { logPath } from './log-place.ts'
import { stopAsked } from './serve.ts'
import { readConfig } from './setup.ts'
import { version } from './version.ts'

export interface ServeRouterFlags {
  config?: string
}

/** How often the alerts are looked at. */
const LOOK_EVERY_MS = 15_000
/** What is still waiting to be written or sent at the end gets so long. */
const LAST_WORDS_MS = 3000

/** Serves the router of `gameday.yaml` with its log, its alerts and its exporters, until INT, TERM or HUP. */
export async function serveRouter(flags: ServeRouterFlags, io: Io): Promise<number> {
  const config = await readConfig(flags, io)
  const realKeys = resolveKeys(config, io.env)
  const bypass = readBypass(io.env)
  const say = (text: string) => void io.stderr.write(`gameday: ${text}\n`)
  const pages = pageTarget(config, io)
  const exporters = openExporters(config, io, say)
  const clientKey = io.env.GAMEDAY_ROUTER_KEY ?? ''
  const asked = stopAsked(io)

  const upstreams = await startUpstreams({
    config,
    realKeys,
    seed: 1,
    onDeath: (error) => say(`the simulated providers are gone: ${error.message}`),
  })
  const log = await openLog(config, pages, io, say)
  let requests = 0
  const router = await startRouter({
    config: config.router,
    targets: upstreams.targets,
    clock: io.clock,
    // Several routers must not all draw the same share at the same time.
    random: seededRandom(randomInt(2 ** 31), 'canary'),
    bypass,
    onEvent: ({ provider, state, reason }) => say(`circuit of ${provider} ${state}: ${reason}`),
    onRequest: (record) => {
      requests++
      log?.add(record)
      for (const exporter of exporters) exporter.add(record)
    },
    recordText: config.log.text,
    ...(clientKey === '' ? {} : { clientKey }),
  }).catch(async (error: unknown) => {
    await Promise.all([upstreams.stop(), log?.stop(0), ...exporters.map((exporter) => exporter.close(0))])
    throw error
  })
  if (clientKey === '' && !isLoopback(config.router.listen))
    say(`whoever reaches ${config.router.listen} can spend your providers' money: set GAMEDAY_ROUTER_KEY`)
  io.stdout.write(
    `The router listens on ${router.url}${bypass === null ? '' : `, bypassed to the ${bypass}`}\n`,
  )

  await asked
  say('stopping: what is under way comes to its end')
  await router.drain(config.router.timeouts.total)
  await Promise.all([log?.stop(LAST_WORDS_MS), ...exporters.map((exporter) => exporter.close(LAST_WORDS_MS))])
  await upstreams.stop()
  say(farewell(requests, log))
  return EXIT.ok
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
  const open: Outbox<RequestRecord>[] = []
  if (otlp !== undefined) {
    const send = otlpExport({
      endpoint: needed(otlp.endpoint, 'export.otlp.endpoint', env),
      headers: otlpHeaders(env[otlp.headers] ?? ''),
      version: version(),
    })
    open.push(openExporter({ name: 'OTLP', batch: 200, send, clock, say }))
  }
  if (helicone !== undefined) {
    const key = needed(helicone.key, 'export.helicone.key', env)
    const send = heliconeExport({ endpoint: helicone.endpoint, key })
    open.push(openExporter({ name: 'Helicone', batch: 1, send, clock, say }))
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
