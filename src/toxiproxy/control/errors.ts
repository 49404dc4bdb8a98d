import { EXIT, GamedayError } from '../../base/index.ts'

type ToxiproxyErrorCode = 'TOXIPROXY_UNREACHABLE' | 'TOXIPROXY_TIMEOUT' | 'TOXIPROXY_REFUSED'

export interface ToxiproxyErrorFacts {
  code: ToxiproxyErrorCode
  hint: string
  /** HTTP status of the answer; null when none came. */
  status?: number | null
  /** The server's own words; null when it said nothing. */
  serverText?: string | null
  cause?: unknown
}

/**
 * A control call that did not succeed. It ends a drill as not-ready (3), because a control call that fails has broken
 * nothing; whoever makes one while a fault is in force decides for itself.
 */
export class ToxiproxyError extends GamedayError {
  override readonly name = 'ToxiproxyError'
  readonly status: number | null
  readonly serverText: string | null

  constructor(message: string, { code, hint, status = null, serverText = null, cause }: ToxiproxyErrorFacts) {
    super(message, { code, exitCode: EXIT.notReady, hint, cause })
    this.status = status
    this.serverText = serverText
  }
}
