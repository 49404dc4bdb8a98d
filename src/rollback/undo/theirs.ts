import type { ProxyFound } from '../../record/index.ts'
import type { ProxyState } from '../../toxiproxy/index.ts'
import { isOwn } from './toxic.ts'

/** What differs from the state before the change, other than by the change itself. */
export function differences(
  before: ProxyFound,
  now: ProxyState,
  own: { toxic?: string; enabled?: boolean },
): string[] {
  const sentences: string[] = []
  if (now.upstream !== before.upstream)
    sentences.push(
      `somebody else made ${now.name} lead to ${now.upstream} instead of ${before.upstream}; left as it is`,
    )
  if (now.listen !== before.listen && now.enabled && before.enabled)
    sentences.push(
      `somebody else made ${now.name} listen on ${now.listen} instead of ${before.listen}; left as it is`,
    )
  if (now.enabled !== before.enabled && now.enabled !== own.enabled)
    sentences.push(`somebody else ${now.enabled ? 'enabled' : 'disabled'} ${now.name}; left as it is`)
  const names = now.toxics
    .map(({ name }) => name)
    .filter((name) => own.toxic === undefined || !isOwn(name, own.toxic))
  return [
    ...sentences,
    ...strangers(names, before.toxics, now.name, 'left as it is'),
    ...missing(names, before.toxics, now.name),
  ]
}

export const strangers = (names: string[], before: string[], proxy: string, fate: string) =>
  names
    .filter((name) => !before.includes(name))
    .map((name) => `somebody else put the toxic ${name} on ${proxy}; ${fate}`)

const missing = (names: string[], before: string[], proxy: string) =>
  before
    .filter((name) => !names.includes(name))
    .map((name) => `somebody else removed the toxic ${name} from ${proxy}; left as it is`)
