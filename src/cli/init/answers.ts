import type { FormatId, ProviderRole } from '../../base/index.ts'

/** What `gameday init` was told. Quantities are texts as a file has them, checked. */
export interface InitAnswers {
  /** Null where both are simulated. */
  providers: Record<ProviderRole, ProviderAnswers> | null
  /** Null where it is the embedded one. */
  router: RouterAnswers | null
  promise: { success: string; p95: string; cost: string }
  /** What the client's own users send. */
  traffic: string
}

/** The way to a router of one's own, and to the stage on which it can be drilled. */
export interface RouterAnswers {
  url: string
  model: string
  /** Name of the environment variable; null where it asks for no key. */
  key: string | null
  headers: readonly { name: string; value: string }[]
  stage: string
}

export interface ProviderAnswers {
  name: string
  format: FormatId
  baseUrl: string
  model: string
  /** Name of the environment variable. */
  key: string
  /** For a million tokens. */
  price: PriceAnswer
}

/** US dollars, as texts. A price that is listed need not stand in the file: each run looks it up anew. */
export interface PriceAnswer {
  input: string
  output: string
  isListed: boolean
}
