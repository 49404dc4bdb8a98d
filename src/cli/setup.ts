import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GamedayError, parseDuration, parseRate, type ProviderRole } from '../base/index.ts'
import {
  applyOverrides,
  externalRouterAt,
  loadConfig,
  routingOf,
  providerOverridesSchema,
  routerOverridesSchema,
  setAside,
  type Config,
} from '../config/index.ts'
import {
  drawBlind,
  loadAnswers,
  loadDrill,
  scaleAgenda,
  type Answers,
  type Drill,
  type ExplainSetup,
  type PlannedPhase,
} from '../drill/index.ts'
import { parsePrompts, streamShare, type Prompt } from '../load/index.ts'
import { STRETCH } from '../measure/index.ts'
import { pricePerMillion } from '../providers/index.ts'
import { withTilde } from '../rollback/index.ts'
import { primaryShare } from '../router/index.ts'
import { leastSample } from '../slo/index.ts'
import { readSeed } from './flags.ts'
import { refuseRouterKilled } from './foreign-router.ts'
import type { Io } from './io.ts'
import { checkTenants, tenantShares } from './tenants.ts'
import { spentBefore, type SpentBefore } from './spent-before.ts'

/** Flags that say what is to be run, shared by all commands that look at a drill. */
export interface SetupFlags {
  duration?: string
  rate?: string
  config?: string
  toxiproxy?: string
  router?: string
  stage?: string
  seed?: string
  blind?: boolean
  answers?: string
}

/** A drill with everything it needs, read and checked; nothing has been started. */
export interface Setup {
  drill: Drill
  planned: PlannedPhase[]
  config: Config
  prompts: Prompt[]
  perSecond: number
  seed: number
  /** What of the drill's settings does not count, as the router is not the embedded one. */
  setAside: readonly string[]
  /** What a script answers in people's place; null where there is none. */
  answers: Answers | null
  /** Who says what of the error budget is spent, as `config` has it; absent where nobody does. */
  spentFrom?: SpentBefore['source']
}

/** The schemas by which a drill's overrides of the configuration are checked. */
export const OVERRIDES = { router: routerOverridesSchema, providers: providerOverridesSchema }

export const SHIPPED_DRILLS = fileURLToPath(new URL('../../drills', import.meta.url))

/** Where drills are looked for by name: the user's own folder, then the one that is shipped. */
export function drillFolders({ cwd }: Pick<Io, 'cwd'>): string[] {
  return [join(cwd, 'drills'), SHIPPED_DRILLS]
}

/**
 * Reads drill, configuration and prompts and lays flags over them: a flag beats the drill, which beats `gameday.yaml`,
 * which beats the default. Where people hold it, they get time to answer. Throws whatever is wrong with any of them.
 */
export async function prepare(
  name: string,
  flags: SetupFlags,
  io: Io,
  { people = false }: { people?: boolean } = {},
): Promise<Setup> {
  const file = onItsStage(withPlaces(await readConfig(flags, io), flags))
  const written = await loadDrill(name, { folders: drillFolders(io), overrides: OVERRIDES })
  const answers = flags.answers === undefined ? written.answers : await loadAnswers(flags.answers, written)
  const answered = answers === undefined ? written : { ...written, answers }
  // The drill's own seed would draw the same faults every time.
  const seed = readSeed(flags.seed) ?? (flags.blind === true ? randomInt(2 ** 31) : written.load.seed)
  const drill = flags.blind === true ? drawBlind(answered, seed) : answered
  refuseRouterKilled(file, drill)
  const config = withToxiproxy(applyOverrides(file, drill), flags, io)
  const spent = spentBefore(config, drill, io)
  const planned = scaleAgenda(
    drill,
    flags.duration === undefined ? null : readFlag('--duration', flags.duration, parseDuration, '10m'),
    { people },
  )
  const prompts = await readPrompts(drill)
  checkTenants(drill, prompts)
  const perSecond =
    flags.rate === undefined ? drill.load.rate : readFlag('--rate', flags.rate, parseRate, '20/s')
  return {
    drill: { ...drill, file: shownPath(drill.file, io) },
    planned,
    config: { ...config, errorBudget: spent === null ? {} : { spent: spent.failures } },
    ...(spent === null ? {} : { spentFrom: spent.source }),
    prompts,
    perSecond,
    seed,
    setAside: setAside(config, drill),
    answers: drill.answers ?? null,
  }
}

/** A drill's path as a report shows it to whoever reads it elsewhere: never where on this machine it lies. */
function shownPath(file: string, io: Pick<Io, 'cwd'>): string {
  const fromHere = relative(io.cwd, file)
  if (!fromHere.startsWith('..')) return fromHere
  const shipped = drillFolders(io).some((folder) => dirname(file) === folder)
  return shipped ? join('drills', basename(file)) : withTilde(resolve(io.cwd, file))
}

/** Lays over the configuration which Toxiproxy the flag names, or else the environment. */
export function withToxiproxy(
  config: Config,
  { toxiproxy, stage }: Pick<SetupFlags, 'toxiproxy' | 'stage'>,
  { env }: Pick<Io, 'env'>,
): Config {
  if (toxiproxy !== undefined && stage !== undefined) {
    throw new GamedayError('--toxiproxy beside --stage, which has a Toxiproxy of its own', {
      code: 'BAD_FLAG',
      hint: 'Name it where the stage is started: gameday serve stage --toxiproxy <url>.',
    })
  }
  const url = toxiproxy ?? (env.TOXIPROXY_URL === '' ? undefined : env.TOXIPROXY_URL)
  return url === undefined ? config : { ...config, toxiproxy: { ...config.toxiproxy, url: checkUrl(url) } }
}

/** Lays over the configuration where a router of one's own and a standing stage are. */
export function withPlaces(config: Config, { router, stage }: Pick<SetupFlags, 'router' | 'stage'>): Config {
  return {
    ...config,
    router:
      router === undefined ? config.router : externalRouterAt(flagUrl('--router', router, ROUTER), config),
    stage:
      stage === undefined
        ? config.stage
        : { ...config.stage, url: new URL(flagUrl('--stage', stage, STAGE)).origin },
  }
}

/** Throws `STAGE_MISSING` where a router of one's own has no stage to be drilled on. */
function onItsStage(placed: Config): Config {
  if (placed.router.kind === 'embedded' || placed.stage.url !== undefined) return placed
  throw new GamedayError(
    `the router at ${placed.router.url} can only be drilled on a stage that stands, and none is named`,
    {
      code: 'STAGE_MISSING',
      hint: 'Start one (gameday serve stage), point the router at it, and name it: --stage, or url under stage in gameday.yaml.',
    },
  )
}

const ROUTER = 'http://127.0.0.1:4000/v1'
const STAGE = 'http://127.0.0.1:8470'

function flagUrl(flag: string, text: string, example: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isWeb = url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
  if (isWeb && url.username === '' && url.password === '') return text
  throw new GamedayError(`${flag} does not have an address that can be used`, {
    code: 'BAD_FLAG',
    hint: `Write it without a user name or password, for example ${flag} ${example}.`,
  })
}

/** The configuration that a flag names, else `gameday.yaml` of the folder, else the defaults. */
export async function readConfig(
  { config }: Pick<SetupFlags, 'config'>,
  { cwd }: Pick<Io, 'cwd'>,
): Promise<Config> {
  const usual = join(cwd, 'gameday.yaml')
  return loadConfig(config ?? (existsSync(usual) ? usual : null))
}

/** Reads the prompts of a drill. Throws `PROMPTS_UNREADABLE`, or `PROMPTS_INVALID` with every mistake in them. */
export async function readPrompts({ promptsFile }: Pick<Drill, 'promptsFile'>): Promise<Prompt[]> {
  let text: string
  try {
    text = await readFile(promptsFile, 'utf8')
  } catch (cause) {
    throw new GamedayError(`cannot read the prompts file ${promptsFile}`, {
      code: 'PROMPTS_UNREADABLE',
      hint: 'Name an existing file in the drill, under load.prompts.',
      cause,
    })
  }
  return parsePrompts(text, promptsFile)
}

/** Reads a flag that is a quantity above 0. Throws `BAD_FLAG`. */
export function readFlag(
  flag: string,
  text: string,
  parse: (text: string) => number | null,
  example: string,
): number {
  const value = parse(text)
  if (value !== null && value > 0) return value
  throw new GamedayError(`${flag} ${text} makes no sense`, {
    code: 'BAD_FLAG',
    hint: `Write for example ${flag} ${example}.`,
  })
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin
  throw new GamedayError(`${text} is not the URL of a Toxiproxy`, {
    code: 'BAD_FLAG',
    hint: 'Write for example --toxiproxy http://127.0.0.1:8474.',
  })
}

/** Characters of a token, as a rule of thumb for English. */
const TOKEN_CHARACTERS = 4

/** Mean length of a prompt, in tokens. */
export const promptTokens = (prompts: readonly Prompt[]) =>
  prompts.reduce((sum, { text }) => sum + text.length, 0) / prompts.length / TOKEN_CHARACTERS

/** What an explanation says of the surroundings. */
export function surroundings(
  { drill, config, perSecond, prompts, setAside }: Setup,
  { people = false, maxCostUsd = null }: { people?: boolean; maxCostUsd?: number | null } = {},
): ExplainSetup {
  const role = (name: ProviderRole) => {
    const provider = config.providers[name]
    const { name: called, kind, model } = provider
    return { role: name, name: called, kind, model, price: pricePerMillion(provider) }
  }
  const left = prompts.reduce((sum, prompt) => sum + primaryShare(routingOf(config), prompt), 0)
  return {
    perSecond,
    leftToPrimary: left / prompts.length,
    people,
    maxCostUsd,
    streams: streamShare(prompts, drill.load.streams),
    promptTokens: promptTokens(prompts),
    tenants: tenantShares(prompts),
    leastSample,
    stretch: STRETCH,
    router:
      config.router.kind === 'embedded'
        ? { kind: 'embedded', url: null }
        : { kind: 'external', url: config.router.url },
    setAside,
    stage: config.stage.url ?? null,
    toxiproxy: {
      kind: config.toxiproxy.url === undefined ? 'embedded' : 'external',
      url: config.toxiproxy.url ?? null,
    },
    providers: [role('primary'), role('secondary')],
  }
}
