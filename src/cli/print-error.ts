import { EXIT, GamedayError, messageOf } from '../base/index.ts'
import type { Io } from './io.ts'

/**
 * Says on stderr what failed and what to do, and returns the exit code it stands for. A stack trace is shown only when
 * the environment variable DEBUG asks for one.
 */
export function printError(error: unknown, { stderr, env }: Pick<Io, 'stderr' | 'env'>): number {
  stderr.write(`gameday: ${messageOf(error)}\n`)
  if (error instanceof GamedayError) {
    if (error.hint !== undefined) stderr.write(`  ${error.hint}\n`)
  } else {
    stderr.write(
      '  This is a fault of gameday itself. Run it again with DEBUG=1 and report what it prints.\n',
    )
  }
  if (env.DEBUG !== undefined && env.DEBUG !== '' && error instanceof Error)
    stderr.write(`${error.stack ?? ''}\n`)
  return error instanceof GamedayError ? error.exitCode : EXIT.internal
}
