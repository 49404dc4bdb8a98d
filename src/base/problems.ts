import { GamedayError } from './errors.ts'

/** One mistake in a file that a person wrote: where it is, what was found, and what to write instead. */
export interface Problem {
  file: string
  /** From 1. */
  line: number
  /** From 1. */
  column: number
  /** Such as `agenda[3].fault.kind`; empty for the file as a whole. */
  path: string
  /** Such as `found 99.5`, `missing`, `unknown key`. */
  found: string
  /** Such as `write a percentage such as 99.5%`. */
  instead: string
}

/** More than these would bury the first ones. */
const MOST_SHOWN = 50

/** Writes a problem on one line, in the shape that editors and CI logs turn into a link. */
export function formatProblem({ file, line, column, path, found, instead }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${found}; ${instead}`
}

/** A file that cannot be used, with everything that is wrong with it, in the order of the file. Exit code 2. */
export class InvalidFileError extends GamedayError {
  override readonly name = 'InvalidFileError'
  readonly problems: readonly Problem[]

  constructor(
    problems: readonly Problem[],
    { code, what, file }: { code: string; what: string; file: string },
  ) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
    const shown = problems.slice(0, MOST_SHOWN).map(formatProblem)
    const more = problems.length > MOST_SHOWN ? [`and ${problems.length - MOST_SHOWN} more`] : []
    super([`${file} is not a valid ${what}: ${count}`, ...shown, ...more].join('\n'), { code })
    this.problems = problems
  }
}
