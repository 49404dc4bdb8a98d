import { EXIT, GamedayError, type ProviderRole } from '../base/index.ts'
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
