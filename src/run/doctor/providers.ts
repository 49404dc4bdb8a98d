import { GamedayError, PROVIDER_ROLES, type ProviderRole } from '../../base/index.ts'
import {
  defaultConfig,
  realKeyOf,
  type Config,
  type RealProviderConfig,
  type RouterAccess,
} from '../../config/index.ts'
import { isPriced } from '../../providers/index.ts'
import { judgeProvider } from './judge-provider.ts'
import { inEnvironment, lackOf } from './lack.ts'
import { askOnce } from './question.ts'
import type { ExamineInput, Finding, Tell } from './types.ts'
import { lookAt } from '../path-check/look.ts'

const PART = 'providers'

/** What is left of the providers when each has been asked by itself. */
export interface Known {
  /** As the configuration has them; one that cannot be asked is played, so that the rest of the way can be looked at. */
  providers: Config['providers']
  /** The keys of those that are real. */
  realKeys: Partial<Record<ProviderRole, string>>
}

/** Looks for the real providers' keys and asks each provider by itself, with nothing between. */
export async function askProviders(input: ExamineInput, tell: Tell): Promise<Known> {
  const known: Known = { providers: { ...input.config.providers }, realKeys: {} }
  for (const role of PROVIDER_ROLES) {
    const provider = input.config.providers[role]
    if (provider.kind === 'simulated') {
      tell({
        part: PART,
        check: `${role} answers`,
        state: 'ok',
        detail: `${provider.name} is simulated by gameday, and needs no key`,
      })
      continue
    }
    const key = await workingKey(role, provider, input, tell)
    if (key === null) known.providers[role] = standIn(provider)
    else known.realKeys[role] = key
  }
  const played = PROVIDER_ROLES.filter((role) => known.providers[role] !== input.config.providers[role])
  if (played.length > 0)
    tell({
      part: PART,
      check: 'stand-in',
      state: 'open',
      detail: `for the rest of the way gameday plays the ${played.join(' and the ')}: whether a gate reaches the real one is not looked at`,
    })
  return known
}

/** Says whether the prices are known, without which no limit on the cost could be kept. */
export function lookAtPrices({ config }: Pick<ExamineInput, 'config'>, tell: Tell): void {
  for (const role of PROVIDER_ROLES) {
    const provider = config.providers[role]
    if (provider.kind === 'real') tell(priceOf(role, provider))
  }
}

function priceOf(role: ProviderRole, provider: RealProviderConfig): Finding {
  const about = { part: PART, check: `price of the ${role}` } as const
  return isPriced(provider)
    ? { ...about, state: 'ok', detail: `that of ${provider.model} is known` }
    : {
        ...about,
        state: 'lack',
        detail: `that of ${provider.model} at ${provider.name} is not known, so no limit on the cost could be kept`,
        hint: 'State it, for a million tokens.',
        add: {
          to: 'gameday.yaml',
          lines: ['providers:', `  ${role}:`, '    price: { input: $0.15, output: $0.60 }'],
        },
      }
}

async function workingKey(
  role: ProviderRole,
  provider: RealProviderConfig,
  input: ExamineInput,
  tell: Tell,
): Promise<string | null> {
  const check = `key of the ${role}`
  let key: string | null
  try {
    key = realKeyOf(provider, input.env)
  } catch (error) {
    tell(lackOf(error, PART, check, inEnvironment(provider.key)))
    return null
  }
  if (key === null) {
    tell({
      part: PART,
      check,
      state: 'lack',
      detail: `${provider.key} is not set in this environment, and ${provider.name} wants the key that it should hold`,
      add: inEnvironment(provider.key),
    })
    return null
  }
  tell({ part: PART, check, state: 'ok', detail: `${provider.key} is set` })
  try {
    const { baseUrl: url, format, model } = provider
    const answer = await askOnce({ url, key, format, model }, role, input)
    const cause =
      answer.status === null && answer.outcome === 'failed'
        ? await causeOf({ url, key, format, model, headers: {} }, input)
        : null
    const finding = judgeProvider(role, provider, answer, cause)
    tell(finding)
    return finding.state === 'ok' ? key : null
  } catch (error) {
    if (!(error instanceof GamedayError)) throw error
    tell(lackOf(error, PART, `${role} answers`))
    return null
  }
}

/** The system's own word for why there is no answer, such as that of a certificate nobody here trusts. */
async function causeOf(access: RouterAccess, { clock }: ExamineInput): Promise<string | null> {
  const look = await lookAt(access, clock)
  return 'code' in look ? look.code : null
}

/** Plays a real provider that cannot be asked. */
function standIn({ name, format, model, price }: RealProviderConfig): Config['providers']['primary'] {
  const { primary } = defaultConfig().providers
  return { ...primary, name, format, model, ...(price === undefined ? {} : { price }) }
}
