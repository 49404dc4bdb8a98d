import type { Body } from './estimate.ts'

/** Newer models of OpenAI refuse `max_tokens`; other vendors of the format do not know its successor. */
const ASKS_FOR_SUCCESSOR = /^(?:o\d|gpt-5)/

const NAMES = ['max_completion_tokens', 'max_tokens'] as const

/** The most tokens that the request itself allows its answer; null if it does not say. */
export function statedTokensOut(body: Body): number | null {
  for (const name of NAMES) {
    const value = body[name]
    if (typeof value === 'number' && value > 0) return value
  }
  return null
}

/** How many answers the request asks for. */
export function answersAsked({ n }: Body): number {
  return typeof n === 'number' && n > 1 ? n : 1
}

/** Writes the most tokens of an answer into a request that allows more, or does not say. Null if nothing changes. */
export function capTokensOut(body: Body, most: number): Body | null {
  const stated = statedTokensOut(body)
  if (stated !== null && stated <= most) return null
  const name =
    NAMES.find((one) => typeof body[one] === 'number') ??
    (ASKS_FOR_SUCCESSOR.test(String(body['model'])) ? 'max_completion_tokens' : 'max_tokens')
  return { ...body, [name]: most }
}
