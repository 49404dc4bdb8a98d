import type { Deed, Refusal } from './ruling.ts'

export const GUARDRAIL = 'x-gameday-guardrail'

/** Writes what was done as a header: `truncated;limit=tokens-in, cheaper-model;limit=cost`. */
export function deedsText(deeds: readonly Deed[]): string {
  return deeds.map(({ what, limit }) => `${what};limit=${limit}`).join(', ')
}

/** The status of a refusal: 413 for a question that is too long, 402 for one that is too dear. SDKs retry neither. */
export function refusalStatus({ limit }: Pick<Refusal, 'limit'>): number {
  return limit === 'tokens-in' ? 413 : 402
}

/** The code of a refusal, such as `guardrail_day_budget`. */
export function refusalCode({ limit }: Pick<Refusal, 'limit'>): string {
  return `guardrail_${limit.replaceAll('-', '_')}`
}

/** Says in a sentence's half why a request is not sent to a provider. Quotes nothing of the request. */
export function refusalText({ limit, tokensIn, estimateUsd }: Refusal): string {
  const about = estimateUsd === null ? '' : ` (about $${Number(estimateUsd.toPrecision(2))})`
  switch (limit) {
    case 'tokens-in':
      return `the question is too long (about ${tokensIn} tokens)`
    case 'cost':
      return `the request would cost more than is allowed for one${about}`
    case 'day-budget':
      return `the tenant's budget for today does not cover the request${about}`
    case 'price-unknown':
      return 'the price is unknown, so that no limit in dollars could be kept'
  }
}
