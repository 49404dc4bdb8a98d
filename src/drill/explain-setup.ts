import type { ProviderRole, TokenPrice } from '../base/index.ts'
import type { TenantShare } from './sample-plan.ts'

/** What of the surroundings an explanation needs. */
export interface ExplainSetup {
  perSecond: number
  /** `url` is null for the embedded ones. */
  router: { kind: 'embedded' | 'external'; url: string | null }
  /** What the drill sets of the embedded router, where it is another; absent or empty where nothing is set aside. */
  setAside?: readonly string[]
  toxiproxy: { kind: 'embedded' | 'external'; url: string | null }
  /** Where a stage stands that is used; absent or null where the run has its own. */
  stage?: string | null
  providers: readonly ExplainedProvider[]
  /** Share of the requests that pins and a canary leave to the primary; 1 without any. */
  leftToPrimary: number
  /** Share of the requests that are asked for as streams. */
  streams: number
  /** Mean length of a prompt, in tokens. */
  promptTokens: number
  /** Where the run stops by itself, in US dollars; null where no limit is given. */
  maxCostUsd: number | null
  /** Whether people arm what is broken, who may be late. */
  people: boolean
  /** Whose requests the load sends, and which share of it each; the largest first. */
  tenants: readonly TenantShare[]
  /** Fewest requests, none failed, with which a success rate can be claimed. */
  leastSample: (success: number) => number
  /** Requests in a row that have to be good before service counts as stable. */
  stretch: number
}

export interface ExplainedProvider {
  role: ProviderRole
  name: string
  kind: 'simulated' | 'real'
  model: string
  /** Null where it is not known. */
  price: TokenPrice | null
}
