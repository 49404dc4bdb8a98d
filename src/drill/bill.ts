import type { ProviderRole, TokenPrice } from '../base/index.ts'
import type { PlannedPhase } from './agenda.ts'
import type { Drill } from './drill.ts'

/**
 * How long an answer is taken to be, in tokens. No request limits it: it is what the longest answer of a simulated
 * provider has, to a reply of some 300 words.
 */
export const ANSWER_TOKENS = { least: 40, most: 400 }

export interface BillQuestion {
  /** Requests a second through the router. */
  perSecond: number
  /** Mean length of a prompt, in tokens. */
  promptTokens: number
  /** Of those that bill anything. */
  prices: Partial<Record<ProviderRole, TokenPrice>>
}

/** What a drill will be billed, in US dollars, and for what. */
export interface Bill {
  /** Of both lanes, as far as one that bills may answer them. */
  requests: number
  tokensIn: number
  leastTokensOut: number
  mostTokensOut: number
  leastUsd: number
  mostUsd: number
}

const NOTHING: TokenPrice = { input: 0, output: 0 }

/** Requests a second of the control lane. */
export const controlRate = (perSecond: number, { controlShare }: Drill['load']) =>
  Math.min(1, perSecond * controlShare)

/**
 * Estimates the bill of a drill, from short answers to long ones. While nothing is broken the primary answers; from a
 * break to the end of its restore phase it is the cheaper provider, or the dearer one, and the control lane is answered
 * by nobody, or by the primary. Probes, and what the router tries again, are not in it. Pure.
 */
export function estimateBill(
  { load }: Pick<Drill, 'load'>,
  planned: readonly PlannedPhase[],
  { perSecond, promptTokens, prices }: BillQuestion,
): Bill {
  const control = controlRate(perSecond, load)
  const { calm, broken } = loadSeconds(planned)
  /** By either provider while something is broken, else by the primary, or if anybody answers it at all. */
  const [either, primary, perhaps] = [broken * perSecond, calm * (perSecond + control), broken * control]
  const usd = (answerTokens: number) => {
    const of = ({ input, output } = NOTHING) => (promptTokens * input + answerTokens * output) / 1e6
    return { primary: of(prices.primary), secondary: of(prices.secondary) }
  }
  const [short, long] = [usd(ANSWER_TOKENS.least), usd(ANSWER_TOKENS.most)]
  const requests = Math.round(either + (prices.primary === undefined ? 0 : primary + perhaps))
  return {
    requests,
    tokensIn: requests * promptTokens,
    leastTokensOut: requests * ANSWER_TOKENS.least,
    mostTokensOut: requests * ANSWER_TOKENS.most,
    leastUsd: primary * short.primary + either * Math.min(short.primary, short.secondary),
    mostUsd: (primary + perhaps) * long.primary + either * Math.max(long.primary, long.secondary),
  }
}

/** Standard deviations that chance may add to a number of requests: it does once in 30,000 drills. */
const SPREAD = 4

/**
 * The most requests that a drill sends, of both lanes: its rate for as long as the agenda may take, and what chance adds.
 * A hand is waited for until the cap of its break, and the phase goes on for its whole length after that. Pure.
 */
export function mostRequests(
  { load }: Pick<Drill, 'load'>,
  planned: readonly PlannedPhase[],
  perSecond: number,
): number {
  const { calm, broken } = loadSeconds(planned)
  const expected = (calm + broken + handSeconds(planned)) * (perSecond + controlRate(perSecond, load))
  return Math.ceil(expected + SPREAD * Math.sqrt(expected))
}

/** For how many seconds more than planned a hand may be waited for. */
function handSeconds(planned: readonly PlannedPhase[]): number {
  let seconds = 0
  for (const [index, { phase }] of planned.entries()) {
    if (phase.phase !== 'break' || phase.fault.kind !== 'by-hand') continue
    const restore = planned[index + 1]
    seconds += (phase.cap + (restore?.kind === 'restore' ? restore.plannedMs : 0)) / 1000
  }
  return seconds
}

/** For how many seconds there is load, from the baseline to the end of the last restore: with a fault, or without. */
function loadSeconds(planned: readonly PlannedPhase[]): { calm: number; broken: number } {
  const first = planned.findIndex(({ kind }) => kind === 'baseline')
  const last = planned.findLastIndex(({ kind }) => kind === 'restore')
  const seconds = { calm: 0, broken: 0 }
  for (const { kind, plannedMs } of first === -1 ? [] : planned.slice(first, last + 1))
    seconds[kind === 'break' || kind === 'restore' ? 'broken' : 'calm'] += plannedMs / 1000
  return seconds
}
