import type { FormatId, ProviderRole } from '../../base/index.ts'
import type { Asker } from '../../crew/index.ts'
import { pricePerMillion } from '../../providers/index.ts'
import { answerer, type Answerer } from './answerer.ts'
import type { InitAnswers, ProviderAnswers, RouterAnswers } from './answers.ts'
import { ofProviders, type InitFlags } from './flags.ts'
import {
  readBaseUrl,
  readCost,
  readFormat,
  readHeaders,
  readKeyName,
  readModel,
  readP95,
  readPrice,
  readProviderName,
  readRouterKey,
  readSuccess,
  readTraffic,
} from './read.ts'

/** What most people have: proposed, by the name that they give. */
const VENDORS: Record<string, { format: FormatId; url: string; model: string }> = {
  openai: { format: 'openai', url: 'https://api.openai.com/v1', model: 'gpt-4o-mini' },
  anthropic: { format: 'anthropic', url: 'https://api.anthropic.com/v1', model: 'claude-haiku-4-5' },
}

/** Where `gameday serve stage` stands unless it is told otherwise. */
const STAGE = 'http://127.0.0.1:8470'

/** Gets every answer that the three files need; `say` introduces a group of questions to whoever is asked. */
export async function askAll(
  flags: InitFlags,
  ask: Asker | null,
  say: (text: string) => void,
): Promise<InitAnswers> {
  const answer = answerer(flags, ask)
  const providers = (await areReal(flags, ask))
    ? {
        primary: await askProvider('primary', answer, say, {
          proposed: 'openai',
          hasPrice: flags.primaryPrice !== undefined,
        }),
        secondary: await askProvider('secondary', answer, say, {
          proposed: 'anthropic',
          hasPrice: flags.secondaryPrice !== undefined,
        }),
      }
    : null
  const router = await askRouter(flags, ask, answer, {
    say,
    model: providers?.primary.model ?? 'gpt-4o-mini',
  })
  say('What you promise your clients; if nothing yet, take what is proposed.')
  const promise = {
    success: await answer({
      flag: 'success',
      message: 'How many of the requests succeed?',
      proposed: '99.5%',
      read: readSuccess,
    }),
    p95: await answer({
      flag: 'p95',
      message: 'Within which time do 95 % of them end (p95)?',
      proposed: '2.5s',
      read: readP95,
    }),
    cost: await answer({
      flag: 'cost',
      message: 'What may a request cost on average, in US dollars?',
      proposed: '$0.015',
      read: readCost,
    }),
  }
  const traffic = await answer({
    flag: 'traffic',
    message: 'What do your own clients send, such as 600/h?',
    proposed: '14/h',
    read: readTraffic,
  })
  return { providers, router, promise, traffic }
}

/** Real where a flag says anything of them; asked, where somebody is; else simulated, which needs nothing. */
async function areReal(flags: InitFlags, ask: Asker | null): Promise<boolean> {
  if (flags.simulated === true) return false
  if (ofProviders(flags).length > 0) return true
  if (ask === null) return false
  const which = await ask.choice({
    message: 'Which providers does the drill ask?',
    choices: [
      {
        value: 'simulated',
        name: 'two simulated ones (no key, no money)',
        description: 'A drill runs in a minute. Your own can take their place later.',
      },
      {
        value: 'real',
        name: 'my own two (they bill what they are asked)',
        description: 'Their keys are revoked at gameday’s gate and stay good at the vendor.',
      },
    ],
    default: 'simulated',
  })
  return which === 'real'
}

/** One's own where a flag says anything of it; asked, where somebody is; else the embedded one. */
async function askRouter(
  flags: InitFlags,
  ask: Asker | null,
  answer: Answerer,
  { say, model }: { say: (text: string) => void; model: string },
): Promise<RouterAnswers | null> {
  if (!(await isOwn(flags, ask))) return null
  say('Your router, as a client of it would be told.')
  return {
    url: await answer({
      flag: 'router',
      message: 'Its base URL?',
      proposed: 'http://127.0.0.1:4000/v1',
      read: readBaseUrl,
    }),
    model: await answer({
      flag: 'routerModel',
      message: 'Which model is it asked for?',
      proposed: model,
      read: readModel,
    }),
    key: await answer({
      flag: 'routerKey',
      message: 'Which environment variable holds its key (none: it asks for none)?',
      proposed: 'none',
      read: readRouterKey,
    }),
    headers: await answer({
      flag: 'routerHeaders',
      message: 'Further headers, such as x-team: a (none)?',
      proposed: 'none',
      read: readHeaders,
    }),
    stage: await answer({
      flag: 'stage',
      message: 'Where will gameday serve stage stand?',
      proposed: STAGE,
      read: readBaseUrl,
    }),
  }
}

async function isOwn(flags: InitFlags, ask: Asker | null): Promise<boolean> {
  if (flags.router !== undefined) return true
  if (ask === null) return false
  const which = await ask.choice({
    message: 'Which router is drilled?',
    choices: [
      {
        value: 'embedded',
        name: 'gameday’s own, which needs nothing',
        description: 'A good one to compare yours with.',
      },
      {
        value: 'external',
        name: 'my own (LiteLLM, Portkey, …), where it runs',
        description: 'Unchanged, but that its two providers’ base URLs lead to gameday’s stage.',
      },
    ],
    default: 'embedded',
  })
  return which === 'external'
}

async function askProvider(
  role: ProviderRole,
  answer: Answerer,
  say: (text: string) => void,
  { proposed, hasPrice }: { proposed: string; hasPrice: boolean },
): Promise<ProviderAnswers> {
  say(
    role === 'primary'
      ? 'The primary: asked first, and broken by the drill.'
      : 'The secondary: takes over when the primary is broken.',
  )
  const name = await answer({
    flag: `${role}Name`,
    message: `What is the ${role} called?`,
    proposed,
    read: readProviderName,
  })
  const vendor = VENDORS[name.toLowerCase()]
  const format = await answer({
    flag: `${role}Format`,
    message: 'Which format does it speak, openai or anthropic?',
    proposed: vendor?.format ?? 'openai',
    read: readFormat,
  })
  const baseUrl = await answer({
    flag: `${role}Url`,
    message: 'Its base URL?',
    proposed: vendor?.url,
    read: readBaseUrl,
  })
  const model = await answer({
    flag: `${role}Model`,
    message: 'Which model is asked for?',
    proposed: vendor?.model,
    read: readModel,
  })
  const key = await answer({
    flag: `${role}Key`,
    message: 'Which environment variable holds its key?',
    proposed: keyNameOf(name),
    read: readKeyName,
  })
  const listed = pricePerMillion({ kind: 'real', name, format, baseUrl, model, key })
  const price =
    listed !== null && !hasPrice
      ? { input: dollars(listed.input), output: dollars(listed.output), isListed: true }
      : await answer({
          flag: `${role}Price`,
          message: 'No price is listed. US dollars for a million tokens (in,out)?',
          read: readPrice,
        })
  return { name, format, baseUrl, model, key, price }
}

const keyNameOf = (name: string) =>
  `${name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_')}_API_KEY`

/** Without what binary fractions add. */
const dollars = (amount: number) => `$${Number(amount.toPrecision(12))}`
