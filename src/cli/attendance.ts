import { CREW_ROLES, EXIT, GamedayError, type CrewRole } from '../base/index.ts'
import type { RunFlags } from './flags.ts'
import type { Io } from './io.ts'
import { readName } from './person.ts'

/**
 * Says whether people hold this drill. They need a terminal to look at and to type into; without one a run is
 * unattended only if it was told so. Throws `NO_TERMINAL` or `BAD_FLAG`.
 */
export function wantsPeople(flags: RunFlags, { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  const { unattended, answers, json, quiet } = flags
  if (unattended === true || answers !== undefined) {
    const named = CREW_ROLES.find((role) => flags[role] !== undefined)
    if (named !== undefined) throw nobodyThere(named, flags)
    return false
  }
  if (json === true || quiet === true) {
    throw new GamedayError(
      `${json === true ? '--json' : '--quiet'} never asks, and a drill with people asks them`,
      {
        code: 'BAD_FLAG',
        hint: 'Add --unattended: the same agenda runs on the clock, and nobody is asked.',
      },
    )
  }
  for (const role of CREW_ROLES) if (flags[role] !== undefined) readName(`--${role}`, flags[role])
  if (stdin.isTTY && stderr.isTTY) return true
  throw new GamedayError('there is no terminal at which people could take part', {
    code: 'NO_TERMINAL',
    exitCode: EXIT.usage,
    hint: 'Run it in a terminal, or add --unattended (or --answers file.yaml): the same agenda runs on the clock.',
  })
}

function nobodyThere(role: CrewRole, { unattended }: RunFlags): GamedayError {
  const without = unattended === true ? '--unattended' : '--answers'
  return new GamedayError(`--${role} names a person, and a run with ${without} has none`, {
    code: 'BAD_FLAG',
    hint: 'Leave out one of the two. Whom a script speaks for stands in its answers, under crew.',
  })
}
