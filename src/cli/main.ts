import { Command, CommanderError } from 'commander'
// By file and not by their room's door, which brings the readers of YAML along: `--help` would take twice as long.
import { systemClock } from '../base/clock.ts'
import { EXIT, EXIT_CODES } from '../base/exit-codes.ts'
import { COMMANDS } from './commands.ts'
import { doubleDashes } from './double-dashes.ts'
import { processIo } from './io.ts'
import { version } from './version.ts'

/**
 * Runs one command line and returns the exit code. Nothing in here ends the process.
 *
 * Commands load what they need when they run, because `--help` is to answer as fast as the runtime starts.
 */
export async function main(args: string[], host: NodeJS.Process): Promise<number> {
  const io = processIo(host, systemClock)
  let exitCode: number = EXIT.ok
  const program = new Command('gameday')
    .description(
      'Runs chaos drills against a two-provider LLM router, and says what they cost in error budget.',
    )
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showHelpAfterError('(run it with --help to see what it takes)')
    .addHelpText('after', `\nExit codes:\n${exitCodes()}`)
  const done = (code: number) => {
    exitCode = code
  }
  for (const add of COMMANDS) add(program, io, done)

  try {
    await program.parseAsync(doubleDashes(args), { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const { printError } = await import('./print-error.ts')
    return printError(error, io)
  }
}

/** Breaks a meaning at words, so that the table fits 80 columns. */
const fold = (text: string) => text.replace(/(.{1,55})(?: |$)/g, `$1\n${' '.repeat(24)}`).trimEnd()

function exitCodes(): string {
  return EXIT_CODES.map(
    ({ code, verdict, meaning }) =>
      `  ${String(code).padStart(3)}  ${(verdict ?? '-').padEnd(15)}  ${fold(meaning)}`,
  ).join('\n')
}
