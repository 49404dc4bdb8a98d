import type { ProviderRole } from '../../base/index.ts'
import type { RealProviderConfig } from '../../config/index.ts'
import type { Observed } from '../../record/index.ts'
import { why } from '../path-check/why.ts'
import { inEnvironment } from './lack.ts'
import type { Finding } from './types.ts'
import { seconds, tookMs } from './words.ts'

/** Says what an answer makes of a real provider; `cause` is why there is none, where that is known. Pure. */
export function judgeProvider(
  role: ProviderRole,
  { name, baseUrl, key, model }: Pick<RealProviderConfig, 'name' | 'baseUrl' | 'key' | 'model'>,
  answer: Observed,
  cause: string | null = null,
): Finding {
  const about = { part: 'providers', check: `${role} answers` } as const
  if (answer.outcome === 'ok')
    return {
      ...about,
      state: 'ok',
      detail: `${name}, asked for ${model} by itself, in ${seconds(tookMs(answer))}`,
    }
  const lack = { ...about, state: 'lack' } as const
  if (answer.class === 'credential') {
    return {
      ...lack,
      detail: `${name} refuses the key that ${key} holds (${why(answer)})`,
      hint: 'Make a key in its console that may use this model, and set it.',
      add: inEnvironment(key),
    }
  }
  if (answer.class === 'quota')
    return {
      ...lack,
      detail: `the account behind ${key} at ${name} has nothing left (${why(answer)})`,
      hint: 'Pay it up, or take the key of another account.',
      add: inEnvironment(key),
    }
  if (answer.status === 404 || answer.class === 'caller-fault') {
    return {
      ...lack,
      detail: `${name} does not take a plain question for ${model} at ${baseUrl} (${why(answer)})`,
      hint: 'Write the model by the name that the vendor has for it, and the base URL as its own clients have it.',
      add: { to: 'gameday.yaml', lines: ['providers:', `  ${role}:`, '    baseUrl: …', '    model: …'] },
    }
  }
  if (answer.status === null)
    return {
      ...lack,
      detail: `nothing answers for ${name} at ${baseUrl} (${cause ?? why(answer)})`,
      hint: 'Look at the address, and at what stands between this machine and it: a proxy, a firewall, a certificate that Node does not know (NODE_EXTRA_CA_CERTS).',
      add: { to: 'gameday.yaml', lines: ['providers:', `  ${role}:`, '    baseUrl: …'] },
    }
  return {
    ...lack,
    detail: `${name} does not answer a plain question (${why(answer)})`,
    hint: 'It may be out by itself: look at its status page, and try again.',
  }
}
