import { costOf, type TokenPrice } from '../../base/index.ts'
import type { Degradation, RouterConfig } from '../../config/index.ts'
import { estimateTokens, type Body } from './estimate.ts'
import type { Limits } from './limits.ts'
import { answersAsked, capTokensOut, statedTokensOut } from './tokens-out.ts'
import { truncate } from './truncate.ts'

export interface CheaperModel {
  model: string
  price?: TokenPrice
}

/** A limit that a request is over, or cannot be held to. */
export type LimitName = 'tokens-in' | 'cost' | 'day-budget' | 'price-unknown'

/** What was done to a request, and for which limit. */
export interface Deed {
  what: 'tokens-out-capped' | 'truncated' | 'cheaper-model' | 'cached' | 'refused' | 'price-unknown'
  limit: LimitName | 'tokens-out'
}

/** One request at one provider, before it is sent. */
export interface Case {
  body: Body
  limits: Limits
  price: TokenPrice | undefined
  cheaper: CheaperModel | undefined
  /** Billed for the attempts before this one. */
  spentUsd: number
  /** Left of the tenant's budget today. */
  leftUsd: number
  /** What the vendor's prompt cache is to keep of it. */
  promptCache: RouterConfig['promptCache']
}

export interface Policy {
  degrade: readonly Degradation[]
  assumeTokensOut: number
  unknownPrice: 'refuse' | 'allow'
}

export interface Go {
  verdict: 'go'
  body: Body
  cheaper: CheaperModel | null
  /** Null where the price is unknown. */
  estimateUsd: number | null
  deeds: Deed[]
}

export interface Refusal {
  verdict: 'refuse'
  limit: LimitName
  tokensIn: number
  estimateUsd: number | null
}

/** `cached`: a cached answer comes next, and only if there is none, what comes after it. */
export type Ruling = Go | Refusal | { verdict: 'cached'; limit: LimitName }

/** What is the same at every provider: the request as its limit on tokens out leaves it, and its tokens. */
export interface Reckoned {
  body: Body
  deeds: Deed[]
  tokensIn: number
  tokensOut: number
}

interface Draft extends Go, Reckoned {
  promptCache: Case['promptCache']
  price: TokenPrice | undefined
}

/**
 * Rules on one request at one provider before a byte of it is sent: whether it goes as it is, changed, or not at all.
 * What it will cost is reckoned at the most: all tokens in, and as many out as it is allowed. Pure.
 */
export function rule(request: Case, policy: Policy, reckoned = reckon(request, policy)): Ruling {
  const draft = firstDraft(reckoned, request)
  const broken = overLimit(draft, request, policy)
  return broken === null ? passed(draft, request) : degrade(draft, broken, request, policy, policy.degrade)
}

/** Reckons what every ruling on a request begins with, so that it is read once and not for each provider anew. */
export function reckon(
  { body, limits }: Pick<Case, 'body' | 'limits'>,
  { assumeTokensOut }: Policy,
): Reckoned {
  const capped = Number.isFinite(limits.tokensOut) ? capTokensOut(body, limits.tokensOut) : null
  const asked = capped ?? body
  return {
    body: asked,
    deeds: capped === null ? [] : [{ what: 'tokens-out-capped', limit: 'tokens-out' }],
    tokensIn: estimateTokens(asked),
    tokensOut: (statedTokensOut(asked) ?? assumeTokensOut) * answersAsked(asked),
  }
}

function degrade(
  draft: Draft,
  broken: LimitName,
  request: Case,
  policy: Policy,
  steps: readonly Degradation[],
): Ruling {
  for (const step of steps) {
    if (step === 'cached') return { verdict: 'cached', limit: broken }
    const changed = step === 'truncate' ? truncated(draft, broken, request) : null
    const better = step === 'cheaper-model' ? cheapened(draft, broken, request) : changed
    if (better === null) continue
    const still = overLimit(better, request, policy)
    if (still === null) return passed(better, request)
    // A step before this one may do now what it could not do alone.
    return degrade(
      better,
      still,
      request,
      policy,
      policy.degrade.filter((one) => one !== step),
    )
  }
  return {
    verdict: 'refuse',
    limit: broken,
    tokensIn: draft.tokensIn,
    estimateUsd: draft.estimateUsd,
  }
}

/** Written out field by field: as copies of one another, drafts took most of the time of a ruling. */
function firstDraft({ body, deeds, tokensIn, tokensOut }: Reckoned, { price, promptCache }: Case): Draft {
  const estimateUsd = estimate({ price, tokensIn, tokensOut, promptCache })
  return { verdict: 'go', body, cheaper: null, estimateUsd, deeds, tokensIn, tokensOut, price, promptCache }
}

const priced = (draft: Omit<Draft, 'estimateUsd'>): Draft => ({ ...draft, estimateUsd: estimate(draft) })

/** At the most: that the vendor finds nothing in its cache, and all of a question that may be is written there. */
function estimate({
  price,
  tokensIn,
  tokensOut,
  promptCache,
}: Pick<Draft, 'price' | 'tokensIn' | 'tokensOut' | 'promptCache'>): number | null {
  const plain = { inputTokens: tokensIn, outputTokens: tokensOut }
  if (promptCache === 'off') return costOf(plain, price)
  const cacheWrite1hTokens = promptCache === '1h' ? tokensIn : 0
  return costOf({ ...plain, cacheWriteTokens: tokensIn, cacheWrite1hTokens }, price) ?? costOf(plain, price)
}

function passed(draft: Draft, request: Case): Go {
  const { verdict, body, cheaper, estimateUsd, deeds } = draft
  const unpriced: Deed[] =
    estimateUsd === null && hasMoneyLimit(request.limits)
      ? [{ what: 'price-unknown', limit: 'price-unknown' }]
      : []
  return { verdict, body, cheaper, estimateUsd, deeds: [...deeds, ...unpriced] }
}

function overLimit(
  { tokensIn, estimateUsd }: Draft,
  { limits, spentUsd, leftUsd }: Case,
  { unknownPrice }: Policy,
): LimitName | null {
  if (tokensIn > limits.tokensIn) return 'tokens-in'
  if (!hasMoneyLimit(limits)) return null
  if (estimateUsd === null) return unknownPrice === 'refuse' ? 'price-unknown' : null
  if (spentUsd + estimateUsd > limits.costUsd) return 'cost'
  return estimateUsd > leftUsd ? 'day-budget' : null
}

/** Truncates to what the tokens' limit allows and the money buys; to the tokens' limit alone if it buys too little. */
function truncated(draft: Draft, broken: LimitName, { limits, spentUsd, leftUsd }: Case): Draft | null {
  const { price, tokensOut, estimateUsd } = draft
  const money = Math.min(limits.costUsd - spentUsd, leftUsd)
  const outUsd = costOf({ inputTokens: 0, outputTokens: tokensOut }, price) ?? 0
  const inUsd = (estimateUsd ?? 0) - outUsd
  const bought = inUsd <= 0 ? Infinity : Math.floor(((money - outUsd) / inUsd) * draft.tokensIn)
  const most = Math.min(limits.tokensIn, bought)
  const body =
    truncate(draft.body, most) ?? (broken === 'tokens-in' ? truncate(draft.body, limits.tokensIn) : null)
  if (body === null) return null
  const tokensIn = estimateTokens(body)
  if (tokensIn >= draft.tokensIn) return null
  return priced({ ...draft, body, tokensIn, deeds: [...draft.deeds, { what: 'truncated', limit: broken }] })
}

function cheapened(draft: Draft, broken: LimitName, { cheaper }: Case): Draft | null {
  if (cheaper?.price === undefined || broken === 'tokens-in') return null
  const deeds: Deed[] = [...draft.deeds, { what: 'cheaper-model', limit: broken }]
  const changed = priced({ ...draft, cheaper, price: cheaper.price, deeds })
  const saves = draft.estimateUsd === null || (changed.estimateUsd ?? Infinity) < draft.estimateUsd
  return saves ? changed : null
}

function hasMoneyLimit({ costUsd, dayUsd }: Limits): boolean {
  return Number.isFinite(costUsd) || Number.isFinite(dayUsd)
}
