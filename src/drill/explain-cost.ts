import type { PlannedPhase } from './agenda.ts'
import { ANSWER_TOKENS, estimateBill, mostRequests, type Bill } from './bill.ts'
import { count, many } from './counted.ts'
import type { Drill } from './drill.ts'
import type { ExplainedProvider, ExplainSetup } from './explain-setup.ts'
import { paragraph } from './wrap.ts'

/** Says what a drill costs: in money, estimated by its requests and their tokens, and of the error budget. Pure. */
export function explainCost(drill: Drill, planned: readonly PlannedPhase[], setup: ExplainSetup): string {
  const real = setup.providers.filter(({ kind }) => kind === 'real')
  const budget = drill.traffic.countsAgainstBudget
    ? 'Its failures are real users’ and count against the error budget.'
    : 'Of the error budget nothing: the load is synthetic.'
  if (real.length === 0) return paragraph(`No money: both providers are simulated. ${budget}`)
  const who =
    real.length === 1
      ? `${namesOf(real)} is real: it is asked and costs money`
      : `${namesOf(real)} are real: they are asked and cost money`
  const most = count(mostRequests(drill, planned, setup.perSecond))
  const limits = `It never sends more than ${most} requests. ${explainCap(drill, planned, setup)}`
  return paragraph(`${who}${explainBill(drill, planned, setup, real)} ${limits} ${budget}`)
}

/**
 * Says a drill's bill in a line: requests, tokens and dollars; null where nothing costs money, or a price is not known.
 * Pure.
 */
export function billInWords(
  drill: Drill,
  planned: readonly PlannedPhase[],
  setup: ExplainSetup,
): string | null {
  const real = setup.providers.filter(({ kind }) => kind === 'real')
  if (real.length === 0 || real.some(({ price }) => price === null)) return null
  const bill = billOf(drill, planned, setup)
  return `${sentInWords(bill)}: ${usdInWords(bill)}`
}

/** The bill of a drill, as far as the prices of its real providers are known. Pure. */
export function billOf(
  drill: Drill,
  planned: readonly PlannedPhase[],
  { perSecond, promptTokens, providers }: ExplainSetup,
): Bill {
  const real = providers.filter(({ kind }) => kind === 'real')
  const prices = Object.fromEntries(real.map(({ role, price }) => [role, price ?? { input: 0, output: 0 }]))
  return estimateBill(drill, planned, { perSecond, promptTokens, prices })
}

function explainBill(
  drill: Drill,
  planned: readonly PlannedPhase[],
  setup: ExplainSetup,
  real: readonly ExplainedProvider[],
): string {
  const bill = billOf(drill, planned, setup)
  const { least, most } = ANSWER_TOKENS
  const sent = `${sentInWords(bill)}; of a request about ${count(Math.round(setup.promptTokens))} in and ${least} to ${most} out`
  const unpriced = real.filter(({ price }) => price === null)
  if (unpriced.length > 0) return `. How much is not known: no price of ${namesOf(unpriced)} is (${sent}).`
  return `, ${usdInWords(bill)} (${sent}). A few probes, and what the router tries again, come on top. Tokens in are the characters of the prompts divided by four. How long the answers are is up to the provider: a model that thinks at length costs more.`
}

function explainCap(drill: Drill, planned: readonly PlannedPhase[], setup: ExplainSetup): string {
  const { maxCostUsd } = setup
  if (maxCostUsd === null) return 'The run wants --max-cost, and stops and restores when it is reached.'
  const { leastUsd } = billOf(drill, planned, setup)
  const short =
    maxCostUsd < leastUsd ? ' That is less than it costs at the least: it will be stopped on its way.' : ''
  return `The run stops and restores when ${usd(maxCostUsd)} have been spent, the --max-cost.${short}`
}

const namesOf = (providers: readonly ExplainedProvider[]) => providers.map(({ name }) => name).join(' and ')

const sentInWords = ({ requests, tokensIn, leastTokensOut, mostTokensOut }: Bill) =>
  `${many(requests, 'request')}, ${roughly(tokensIn)} tokens in and ${roughly(leastTokensOut)} to ${roughly(mostTokensOut)} out`

/** Two digits: an estimate that names every token would claim to know them. */
const roughly = (n: number) => count(Number(n.toPrecision(2)))

/** `about $0.04 to $1.06`; `up to about $1.06` where it may be nothing. */
export const usdInWords = ({ leastUsd, mostUsd }: Pick<Bill, 'leastUsd' | 'mostUsd'>) =>
  leastUsd === 0 ? `up to about ${usd(mostUsd)}` : `about ${usd(leastUsd)} to ${usd(mostUsd)}`

/** To the cent, or where that is less than one to a hundredth of it. */
function usd(amount: number): string {
  const places = amount > 0 && amount < 0.01 ? 4 : 2
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })}`
}
