import { parseRate, PROVIDER_ROLES, type ProviderRole } from '../../base/index.ts'
import type { InitAnswers, PriceAnswer, ProviderAnswers, RouterAnswers } from './answers.ts'
import { scalar, written, type Line } from './lines.ts'

const WINDOW_DAYS = 30

/** Requests that the client's own traffic makes in the window of the promise. */
export const requestsInWindow = (traffic: string) =>
  Math.max(1, Math.round((parseRate(traffic) ?? 0) * WINDOW_DAYS * 86_400))

/** `gameday.yaml`, every line explained. */
export function configFile({ providers, router, promise, traffic }: InitAnswers): string {
  return written([
    '# What gameday drills: your providers, your router, your promise. `gameday init` wrote it; it is yours to change.',
    '# `gameday validate` checks it, `gameday schema config` prints every field there is, and what it means.',
    '# A flag beats the drill file, which beats this file, which beats the default.',
    '',
    ['version: 1', 'of this format'],
    '',
    ...(providers === null ? simulated() : real(providers)),
    '',
    ...(router === null ? embedded() : external(router)),
    '',
    '# What you promise your clients. `gameday slo` holds the request log against it; a drill states its own.',
    'objectives:',
    [`  success: ${promise.success}`, 'share of requests that succeed'],
    [`  p95: ${promise.p95}`, '95 % of them end within it; a failure counts as infinitely slow'],
    [`  cost: ${promise.cost}`, 'average of a successful request, in US dollars'],
    [`  window: ${WINDOW_DAYS}d`, 'over which it is kept'],
    [
      `  requests: ${requestsInWindow(traffic)}`,
      `that ${traffic} make in it: the error budget is a share of them`,
    ],
    '',
    '# errorBudget:',
    [
      '#   spent: 12',
      'failures of this window so far, where no request log knows; when all are spent, no drill starts',
    ],
  ])
}

function embedded(): Line[] {
  return [
    '# The router between them: gameday’s own. It asks the primary, and the secondary where the primary fails.',
    'router:',
    ['  kind: embedded', 'external: your own, where it runs'],
    ['  attempts: 2', 'most attempts for one request: one at each provider'],
    '  timeouts:',
    ['    firstToken: 2s', 'a provider without a first word by then is left; longer for a model that thinks'],
    '  circuit:',
    ['    probeEvery: 5s', 'one request in this time tries a provider again that was taken out'],
  ]
}

function external({ url, model, key, headers, stage }: RouterAnswers): Line[] {
  const pairs = headers.map(({ name, value }) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return [
    '# The router that is drilled: your own, where it runs. It stays as it is, but that the base URLs of its two providers',
    '# lead to the stage; `gameday serve stage` says which, and what to write into its configuration.',
    'router:',
    ['  kind: external', 'embedded: gameday’s own'],
    [`  url: ${scalar(url)}`, 'its base URL, as clients are given it'],
    [`  model: ${scalar(model)}`, 'what it is asked for, by the name that it knows'],
    key === null
      ? ['  # key: GAMEDAY_ROUTER_KEY', 'name of the variable that holds its key, if it asks for one']
      : [`  key: ${key}`, 'name of the environment variable that holds its key, never the key'],
    pairs.length === 0
      ? ['  # headers: { "x-team": "a" }', 'of every request; $NAME is what that variable holds']
      : [`  headers: { ${pairs.join(', ')} }`, 'of every request; $NAME is what that variable holds'],
    '',
    'stage:',
    [`  url: ${scalar(stage)}`, 'where `gameday serve stage` stands, with gate, providers and Toxiproxy'],
  ]
}

function simulated(): Line[] {
  return [
    '# Both are answered by gameday itself: no account, no key, no money. To drill your own, run',
    '# `gameday init --force` again, or put kind: real, baseUrl and key in their place.',
    'providers:',
    ['  primary:', 'asked first, and broken by the drill'],
    ['    kind: simulated', 'real: an upstream over the network'],
    ['    name: simulated-primary', 'what the report calls it'],
    ['    format: openai', 'Chat Completions; anthropic is Messages'],
    ['    model: gpt-4o-mini', 'priced like that model: the report shows what it would have cost'],
    ['    firstToken: { p50: 350ms, p95: 650ms }', 'until its first word'],
    ['  secondary:', 'takes over when the primary is broken'],
    '    kind: simulated',
    '    name: simulated-secondary',
    '    format: openai',
    '    model: gpt-4o-mini',
    ['    firstToken: { p50: 400ms, p95: 720ms }', 'a little slower, as second choices are'],
  ]
}

function real(providers: Record<ProviderRole, ProviderAnswers>): Line[] {
  const ofRole = (role: ProviderRole): Line[] => {
    const { name, format, baseUrl, model, key, price } = providers[role]
    return [
      [`  ${role}:`, role === 'primary' ? 'asked first, and broken by the drill' : 'takes over then'],
      ['    kind: real', 'over the network; simulated is answered by gameday itself'],
      [`    name: ${scalar(name)}`, 'what the report calls it'],
      [`    format: ${format}`, 'openai is Chat Completions, anthropic is Messages'],
      [`    baseUrl: ${scalar(baseUrl)}`, 'what comes before /chat/completions or /messages'],
      [`    model: ${scalar(model)}`, 'what a drill asks for'],
      [`    key: ${key}`, 'name of the environment variable that holds the key, never the key'],
      price.isListed
        ? [`    # price: ${priceOf(price)}`, 'of a million tokens, by the price list: looked up by each run']
        : [`    price: ${priceOf(price)}`, 'US dollars for a million tokens'],
    ]
  }
  return [
    '# Real ones: a drill sends them requests, and they bill them. Their keys go to gameday’s gate and nowhere else; what a',
    '# drill revokes is the gate’s key, so that yours stays good.',
    'providers:',
    ...PROVIDER_ROLES.flatMap(ofRole),
  ]
}

const priceOf = ({ input, output }: PriceAnswer) => `{ input: ${input}, output: ${output} }`
