import { EXIT } from './exit-codes.ts'

export interface GamedayErrorOptions {
  /** Stable name of the failure, tested and documented: `PORT_TAKEN`, `DRILL_INVALID`. */
  code: string
  /** What the process ends with if nobody handles it; 2 unless stated. */
  exitCode?: number
  /** What the user can do about it, as a sentence. */
  hint?: string
  cause?: unknown
}

/** A failure whose cause lies outside gameday: a file, a port, a server, a flag. Its message names the value. */
export class GamedayError extends Error {
  override readonly name: string = 'GamedayError'
  readonly code: string
  readonly exitCode: number
  readonly hint: string | undefined

  constructor(message: string, { code, exitCode = EXIT.usage, hint, cause }: GamedayErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** A fault of gameday itself, which should never happen: the text asks for a report. Does not cover bad input. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
  readonly code = 'INTERNAL'
  readonly exitCode = EXIT.internal
}

/** Says in one line what went wrong, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** The `code` of a system error (`ENOSPC`, `ECONNREFUSED`), looking through causes and past our own; undefined if there is none. */
export function systemCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const isOurs = at instanceof GamedayError || at instanceof InternalError
    if (!isOurs && 'code' in at && typeof at.code === 'string') return at.code
  }
  return undefined
}
