import { GamedayError, parseMoney } from '../base/index.ts'
import type { Asker } from '../crew/index.ts'
import { billInWords, billOf, mostRequests, usdInWords, type Bill } from '../drill/index.ts'
import { isPriced } from '../providers/index.ts'
import type { RunFlags } from './flags.ts'
import type { Io } from './io.ts'
import { surroundings, type Setup } from './setup.ts'

/** What real providers may bill: read, asked for, and said before anything is sent. */

/**
 * Reads `--max-cost`, in US dollars; null where nothing costs money and no limit is given. Real providers need a limit,
 * and a price, without which no limit could be kept.
 */
export function readMaxCost(text: string | undefined, setup: Setup): number | null {
  refuseUnpriced(setup)
  if (text !== undefined) {
    const amount = parseLimit(text)
    if (amount !== null) return amount
    throw new GamedayError(`--max-cost ${text} is not an amount in US dollars`, {
      code: 'BAD_FLAG',
      hint: 'Write for example --max-cost 5, without a $, which a shell would read.',
    })
  }
  const [real] = realProviders(setup)
  if (real === undefined) return null
  const bill = billOf(setup.drill, setup.planned, surroundings(setup))
  throw new GamedayError(`the provider ${real.name} is real and costs money, and no limit was given`, {
    code: 'MAX_COST_MISSING',
    hint: `This drill costs ${usdInWords(bill)}. Say what it may spend, in US dollars: --max-cost ${proposedLimit(bill)}.`,
  })
}

/** Throws `PRICE_MISSING` where a real provider's price is not known: no limit on the cost could be kept. */
export function refuseUnpriced(setup: Pick<Setup, 'config'>): void {
  const unpriced = realProviders(setup).find((provider) => !isPriced(provider))
  if (unpriced === undefined) return
  throw new GamedayError(
    `the price of ${unpriced.name} is not known, so no limit on the cost could be kept`,
    {
      code: 'PRICE_MISSING',
      hint: 'State it in gameday.yaml, for a million tokens: price: { input: $0.15, output: $0.60 }.',
    },
  )
}

/** Asks what may be spent, where that is needed and no flag says it. Returns the flags as they are meant then. */
export async function askLimit<F extends Pick<RunFlags, 'maxCost'>>(
  ask: Asker,
  flags: F,
  setup: Setup,
): Promise<F> {
  if (flags.maxCost !== undefined || realProviders(setup).length === 0) return flags
  const bill = billOf(setup.drill, setup.planned, surroundings(setup))
  const maxCost = await ask.text({
    message: `It costs ${usdInWords(bill)}. Stop and restore at how many dollars?`,
    default: String(proposedLimit(bill)),
    validate: (text) => parseLimit(text) !== null || 'Write an amount in US dollars, such as 5.',
  })
  return { ...flags, maxCost }
}

/** Says what is about to be sent and billed, where nobody reads a briefing. */
export function sayBill(setup: Setup, maxCostUsd: number | null, { stderr }: Pick<Io, 'stderr'>): void {
  const { drill, planned, perSecond } = setup
  const bill = billInWords(drill, planned, surroundings(setup))
  if (bill === null || maxCostUsd === null) return
  const { leastUsd } = billOf(drill, planned, surroundings(setup))
  stderr.write(
    `gameday: about to send ${bill}.\n` +
      `  It stops and restores at $${maxCostUsd.toFixed(2)}, or after ${mostRequests(drill, planned, perSecond)} requests.\n`,
  )
  if (maxCostUsd < leastUsd)
    stderr.write('  That is less than it costs at the least: it will be stopped on its way.\n')
}

/** More than the dearest estimate, because that leaves out probes and what a router tries again. */
const MARGIN = 1.25

/** The limit that is proposed for a drill, in whole US dollars. */
export const proposedLimit = ({ mostUsd }: Pick<Bill, 'mostUsd'>) => Math.max(1, Math.ceil(mostUsd * MARGIN))

const realProviders = ({ config }: Pick<Setup, 'config'>) =>
  Object.values(config.providers).filter((provider) => provider.kind === 'real')

const parseLimit = (text: string) => parseMoney(text.startsWith('$') ? text : `$${text}`)
