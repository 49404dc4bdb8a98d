import { translationBetween, type Translation, type WireFormat } from '../../wire/index.ts'
import type { Target } from '../target.ts'
import { wayBack, type WayBack } from './way-back.ts'

/** A request on its way to targets of another format. It is written anew when the first of them is thought of. */
export interface Crossing {
  bodyFor(target: Target): Record<string, unknown>
  losses(target: Target): readonly string[]
}

/** Begins a crossing of a request, `parsed` as JSON, from its caller's format. */
export function crossing(caller: WireFormat, parsed: object): Crossing {
  const carried = new Map<Target, ReturnType<Translation['request']>>()
  const carry = (target: Target) => {
    let known = carried.get(target)
    if (known === undefined) {
      const translation = translationBetween(caller.id, target.format.id)
      known = translation?.request({ ...parsed }) ?? { body: { ...parsed }, losses: [] }
      carried.set(target, known)
    }
    return known
  }
  return {
    bodyFor: (target) => {
      const { model } = target.config
      const { body } = carry(target)
      return model === undefined ? body : { ...body, model }
    },
    losses: (target) => carry(target).losses,
  }
}

/** The way of an answer from `provider` to `caller`; null where both speak alike. `write` writes a good whole one anew. */
export function wayBackBetween(
  caller: WireFormat,
  provider: WireFormat,
  context: () => Parameters<Translation['stream']>[0],
  write: (translation: Translation, bodyText: string) => string | null,
): WayBack | null {
  const translation = translationBetween(caller.id, provider.id)
  if (translation === null) return null
  return wayBack({
    caller,
    provider,
    answer: (bodyText) => write(translation, bodyText),
    stream: () => translation.stream(context()),
  })
}
