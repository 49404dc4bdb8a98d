import { EXIT, GamedayError } from '../base/index.ts'
import type { RunFlags } from './flags.ts'
import type { Io } from './io.ts'

/**
 * Says whether people hold this drill. They need a terminal to look at and to type into; without one a run is
 * unattended only if it was told so. Throws `NO_TERMINAL` or `BAD_FLAG`.
 */
export function wantsPeople(
  { unattended, answers, json, quiet }: RunFlags,
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
): boolean {
  if (unattended === true || answers !== undefined) return false
  if (json === true || quiet === true) {
    throw new GamedayError(
      `${json === true ? '--json' : '--quiet'} never asks, and a drill with people asks them`,
      {
        code: 'BAD_FLAG',
        hint: 'Add --unattended: the same agenda runs on the clock, and nobody is asked.',
      },
    )
  }
  if (stdin.isTTY && stderr.isTTY) return true
  throw new GamedayError('there is no terminal at which people could take part', {
    code: 'NO_TERMINAL',
    exitCode: EXIT.usage,
    hint: 'Run it in a terminal, or add --unattended (or --answers file.yaml): the same agenda runs on the clock.',
  })
}
