/** What a router of a row is started with. */
export interface Place {
  /** A port that is free. */
  port: number
  /** The two base URLs of the stage and its two keys, by the names that the configurations have for them. */
  env: Record<`${'PRIMARY' | 'SECONDARY'}_${'BASE_URL' | 'API_KEY'}`, string>
  folder: string
}

export interface StartedRouter {
  /** What `gameday.yaml` says of it beside its kind. */
  router: { url: string; key?: string; headers?: Record<string, string> }
  /** What the drill finds in its environment besides. */
  env: Record<string, string>
  stop: () => Promise<void>
}

/** A router in one layout, drilled and compared. */
export interface Row {
  id: string
  router: string
  layout: string
  /** What it has to end with, or this comparison is not to be trusted: a control. */
  control?: 'held' | 'weak'
  /** Installs what it takes, unless that was done before. Returns its version. */
  prepare(): Promise<string>
  /** Null for the embedded router, which a run starts itself. */
  start: ((place: Place) => Promise<StartedRouter>) | null
}
