import { EXIT, GamedayError, parseMoney, type ProviderRole } from '../base/index.ts'
import { isPriced } from '../providers/index.ts'
import { allowedFailures } from '../slo/index.ts'
import type { Setup, SetupFlags } from './setup.ts'

/** The flags of `run`, as they were typed. */
export interface RunFlags extends SetupFlags {
  list?: boolean
  unattended?: boolean
  lead?: string
  operator?: string
  scribe?: string
  out: string
  maxCost?: string
  despiteFreeze?: string
  template?: string
  json?: boolean
  plain?: boolean
  quiet?: boolean
}

/** Reads `--seed`; null where none is given. */
export function readSeed(text: string | undefined): number | null {
  if (text === undefined) return null
  const seed = Number(text)
  if (Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new GamedayError(`--seed ${text} is not a whole number`, {
    code: 'BAD_FLAG',
    hint: 'Write for example --seed 7.',
  })
}

/**
 * Reads `--max-cost`, in US dollars; null where nothing costs money and no limit is given. Real providers need a limit,
 * and a price, without which no limit could be kept.
 */
export function readMaxCost(text: string | undefined, { config }: Pick<Setup, 'config'>): number | null {
  const real = Object.values(config.providers).filter((provider) => provider.kind === 'real')
  const unpriced = real.find((provider) => !isPriced(provider))
  if (unpriced !== undefined) {
    throw new GamedayError(
      `the price of ${unpriced.name} is not known, so no limit on the cost could be kept`,
      {
        code: 'PRICE_MISSING',
        hint: 'State it in gameday.yaml, for a million tokens: price: { input: $0.15, output: $0.60 }.',
      },
    )
  }
  if (text === undefined) {
    if (real[0] === undefined) return null
    throw new GamedayError(`the provider ${real[0].name} is real and costs money, and no limit was given`, {
      code: 'MAX_COST_MISSING',
      hint: 'Say what the drill may spend, in US dollars: --max-cost 5.',
    })
  }
  const amount = parseMoney(text.startsWith('$') ? text : `$${text}`)
  if (amount !== null) return amount
  throw new GamedayError(`--max-cost ${text} is not an amount in US dollars`, {
    code: 'BAD_FLAG',
    hint: 'Write for example --max-cost 5, without a $, which a shell would read.',
  })
}

/** Reads `BYPASS_ROUTER`: `true` sends everything straight to the primary. What is neither true nor false is a mistake. */
export function readBypass({
  BYPASS_ROUTER: value = '',
}: Record<string, string | undefined>): ProviderRole | null {
  if (value === 'true') return 'primary'
  if (value === 'false' || value === '') return null
  throw new GamedayError(`BYPASS_ROUTER is set to ${value}`, {
    code: 'BAD_ENVIRONMENT',
    hint: 'Set it to true, to pass everything straight to the primary, or unset it.',
  })
}

/** A spent budget means freeze: nothing more is put at risk on purpose, unless somebody gives a reason. */
export function refuseWhenFrozen({ drill, config }: Setup, despite: string | undefined): void {
  const { success, requests } = drill.objectives
  const { spent } = config.errorBudget
  const allowed = allowedFailures({ success, requests })
  if (spent === undefined || spent < allowed || despite !== undefined) return
  throw new GamedayError(
    `the error budget is spent: ${spent} of ${allowed} failures in this window, so nothing was broken`,
    {
      code: 'BUDGET_FROZEN',
      exitCode: EXIT.notReady,
      hint: 'Wait until the window has moved on, or run it with --despite-freeze "reason"; the report will name the reason.',
    },
  )
}
