import { GamedayError, messageOf } from '../../base/index.ts'
import type { Addition, PathFinding } from '../path-check/types.ts'
import type { Finding, Part } from './types.ts'

/** Says as a lack what kept something from being done. Throws on what is no error for a user. */
export function lackOf(error: unknown, part: Part, check: string, add?: Addition): Finding {
  if (!(error instanceof GamedayError)) throw error
  return {
    part,
    check,
    state: 'lack',
    detail: messageOf(error),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(add === undefined ? {} : { add }),
  }
}

/** Says as a finding of its part what a path check has found. */
export function findingOf({ passed, ...found }: PathFinding, part: Part): Finding {
  return { part, state: passed ? 'ok' : 'lack', ...found }
}

export const inEnvironment = (name: string): Addition => ({
  to: 'environment',
  lines: [`read -rs ${name} && export ${name}`],
})
