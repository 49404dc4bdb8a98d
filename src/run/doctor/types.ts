import type { Clock } from '../../base/index.ts'
import type { Config } from '../../config/index.ts'
import type { Addition } from '../path-check/types.ts'

/** The parts of the way, in the order in which one would mend them. */
export type Part = 'configuration' | 'providers' | 'toxiproxy' | 'stage' | 'router' | 'failover'

/** One thing that a drill needs, and what was found. */
export interface Finding {
  part: Part
  check: string
  /** `open`: not looked at, and why; it counts as neither. */
  state: 'ok' | 'lack' | 'open'
  detail: string
  hint?: string
  add?: Addition
}

export type Tell = (finding: Finding) => void

export interface ExamineInput {
  config: Config
  /** Where keys are found by the names that the configuration gives. */
  env: Readonly<Record<string, string | undefined>>
  stateFolder: string
  /** In every marker, and in the names of all that is put up. */
  runId: string
  seed: number
  /** How long a client waits. */
  timeoutMs: number
  /** Whether to break the primary for a few requests also where others use the router: it counts their failures. */
  breaks: boolean
  clock: Clock
  /** Aborted when somebody wants it to end; what was put up is taken down then. */
  signal: AbortSignal
}
