/** The flags of `gameday init`: every question has one. Imports nothing but types, because the help reads it. */

type Role = 'primary' | 'secondary'
type ProviderField = 'Name' | 'Format' | 'Url' | 'Model' | 'Key' | 'Price'

/** Flags whose value answers a question, by the name under which commander keeps them. */
export type AnswerFlag =
  | `${Role}${ProviderField}`
  | 'router'
  | 'routerModel'
  | 'routerKey'
  | 'routerHeaders'
  | 'stage'
  | 'success'
  | 'p95'
  | 'cost'
  | 'traffic'

export interface InitFlags extends Partial<Record<AnswerFlag, string>> {
  simulated?: boolean
  yes?: boolean
  /** False where nobody is to look at what was written. */
  doctor?: boolean
  force?: boolean
}

/** A flag as it is typed. */
export const dashed = (flag: string) => `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The flags given that say something of a provider of one's own. */
export const ofProviders = (flags: InitFlags) =>
  Object.keys(flags).filter((flag) => /^(primary|secondary)[A-Z]/.test(flag))

/** The flags given that say something of a router of one's own, besides where it is. */
export const ofRouter = (flags: InitFlags) =>
  Object.keys(flags).filter((flag) => /^(router[A-Z]|stage$)/.test(flag))

const providerFlags = (role: Role): [string, string][] => [
  [`--${role}-name <name>`, `what the report calls the ${role}`],
  [`--${role}-format <format>`, 'openai (Chat Completions) or anthropic (Messages)'],
  [`--${role}-url <url>`, 'its base URL, such as https://api.openai.com/v1'],
  [`--${role}-model <model>`, 'the model that the drill asks for'],
  [`--${role}-key <variable>`, 'name of the environment variable that holds its key, never the key itself'],
  [`--${role}-price <in,out>`, 'US dollars for a million tokens, such as 0.15,0.6; only if it is not listed'],
]

/** Every flag with what it means, in the order of the questions. */
export const INIT_FLAGS: readonly [string, string][] = [
  ['--simulated', 'no providers at hand yet: gameday simulates both'],
  ...providerFlags('primary'),
  ...providerFlags('secondary'),
  ['--router <url>', 'base URL of your own router, as clients are given it; default: gameday’s own'],
  ['--router-model <model>', 'the model that it is asked for, by the name that it knows'],
  [
    '--router-key <variable>',
    'name of the variable that holds the key it asks its clients for; none: no key',
  ],
  ['--router-headers <headers>', 'further headers, such as "x-team: a; x-config: $MY_CONFIG"'],
  ['--stage <url>', 'where gameday serve stage stands, with which your router is drilled'],
  ['--success <percent>', 'promise: share of requests that succeed, such as 99.5%'],
  ['--p95 <time>', 'promise: 95th percentile of the response time, such as 2.5s'],
  ['--cost <usd>', 'promise: average cost of a successful request, such as 0.015'],
  ['--traffic <rate>', 'what your own clients send, such as 600/h'],
  ['--yes', 'ask nothing: what no flag says is as proposed'],
  ['--no-doctor', 'do not run gameday doctor at the end: it asks both providers, and real ones bill it'],
  ['--force', 'replace the files that are there already'],
]
