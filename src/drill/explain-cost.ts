import type { PlannedPhase } from './agenda.ts'
import { ANSWER_TOKENS, estimateBill } from './bill.ts'
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
  return paragraph(`${who}${explainBill(drill, planned, setup, real)} ${explainCap(setup)} ${budget}`)
}

function explainBill(
  drill: Drill,
  planned: readonly PlannedPhase[],
  { perSecond, promptTokens }: ExplainSetup,
  real: readonly ExplainedProvider[],
): string {
  const prices = Object.fromEntries(real.map(({ role, price }) => [role, price ?? { input: 0, output: 0 }]))
  const { requests, leastUsd, mostUsd } = estimateBill(drill, planned, { perSecond, promptTokens, prices })
  const { least, most } = ANSWER_TOKENS
  const sent = `${many(requests, 'request')} of about ${count(Math.round(promptTokens))} tokens in and ${least} to ${most} out`
  const unpriced = real.filter(({ price }) => price === null)
  if (unpriced.length > 0) return `. How much is not known: no price of ${namesOf(unpriced)} is (${sent}).`
  const from = leastUsd === 0 ? ', up to about' : `, about ${usd(leastUsd)} to`
  return `${from} ${usd(mostUsd)} (${sent}). A few probes, and what the router tries again, come on top. Tokens in are the characters of the prompts divided by four. How long the answers are is up to the provider: a model that thinks at length costs more.`
}

const explainCap = ({ maxCostUsd }: ExplainSetup) =>
  maxCostUsd === null
    ? 'The run wants --max-cost, and stops and restores when it is reached.'
    : `The run stops and restores when ${usd(maxCostUsd)} have been spent, the --max-cost.`

const namesOf = (providers: readonly ExplainedProvider[]) => providers.map(({ name }) => name).join(' and ')

/** To the cent, or where that is less than one to a hundredth of it. */
function usd(amount: number): string {
  const places = amount > 0 && amount < 0.01 ? 4 : 2
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })}`
}
