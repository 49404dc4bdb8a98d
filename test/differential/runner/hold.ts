import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { playApi, wanted } from './api.ts'
import { playData } from './data-plane.ts'
import { latenessSince } from './lateness.ts'
import type { ApiCase, DataCase } from './schema.ts'
import type { Starter } from './servers.ts'

/** Most times that a case is played which fails while this process itself is late: then it proves nothing either way. */
const MOST_TIMES = 6
/** How late the process must have been for that, if only the times were wrong, and if anything else was. */
const LATE_MS = { timing: 25, other: 100 }

export interface Servers {
  embedded: Starter
  /** Null where there is none. */
  real: Starter | null
  /** Longest that the original may take to die; 20 s unless stated, for it may fill its stack with a gigabyte first. */
  deathMs?: number
}

/**
 * Holds a case against the servers and says everything that is not as it should be:
 *
 * - the embedded server must do what is written down;
 * - so must the original, where it is there, unless the case declares a difference: then it must do what is written
 *   down for it, and must not do what is written down for the embedded one. A difference that has ceased to be is as
 *   wrong as one that was never declared.
 */
export async function holdApi(each: ApiCase, { embedded, real }: Servers): Promise<string[]> {
  const [ours, theirs] = [wanted(each, 'embedded'), wanted(each, 'real')]
  const problems = compare('embedded', await playApi(each, embedded), ours)
  if (real === null) return problems
  const answers = await playApi(each, real)
  problems.push(...compare('real', answers, theirs))
  for (const [at, step] of each.steps.entries()) {
    if (!('ask' in step) || step.real === undefined) continue
    if (isDeepStrictEqual(answers[at], ours[at]))
      problems.push(`real, step ${at + 1}: ${step.real.differs} is declared, but there is no difference`)
  }
  return problems
}

function compare(who: string, got: readonly unknown[], wantedOnes: readonly unknown[]): string[] {
  return Array.from({ length: Math.max(got.length, wantedOnes.length) }, (_, at) => at)
    .filter((at) => !isDeepStrictEqual(got[at], wantedOnes[at]))
    .map((at) => `${who}, step ${at + 1}: ${JSON.stringify(got[at])}, not ${JSON.stringify(wantedOnes[at])}`)
}

/** The same of a data-plane case. */
export async function holdData(
  each: DataCase,
  { embedded, real, deathMs = 20_000 }: Servers,
): Promise<string[]> {
  const [ours, theirs] = await Promise.all([
    obeys('embedded', each, embedded),
    real === null ? [] : holdReal(each, real, deathMs),
  ])
  return [...ours, ...theirs]
}

async function holdReal(each: DataCase, start: Starter, deathMs: number): Promise<string[]> {
  const { real } = each
  if (real === undefined) return obeys('real', each, start)
  const [{ problems, alive }, own] = await Promise.all([
    playData({ ...each, ...('dies' in real ? { deathMs } : {}) }, start),
    'foretold' in real || 'dies' in real
      ? []
      : obeys(
          'real',
          { ...each, steps: real.steps ?? each.steps, leaves: real.leaves ?? each.leaves },
          start,
        ),
  ])
  if ('dies' in real) return alive ? [`real: ${real.differs} is declared, but it did not die`] : []
  return problems.length === 0
    ? [...own, `real: ${real.differs} is declared, but there is no difference`]
    : own
}

async function obeys(who: string, script: DataCase, start: Starter): Promise<string[]> {
  for (let times = 1; ; times++) {
    const beganMs = performance.now()
    const { problems, alive } = await playData(script, start)
    const found = [...problems.map(({ text }) => `${who}, ${text}`), ...(alive ? [] : [`${who}: died`])]
    const limitMs = problems.every(({ timing }) => timing) ? LATE_MS.timing : LATE_MS.other
    const lateMs = latenessSince(beganMs)
    if (found.length === 0 || !alive || times === MOST_TIMES || lateMs < limitMs) return found
    process.stderr.write(`${script.case}: this machine was late by ${lateMs.toFixed(0)} ms; once more\n`)
    await sleep(300 * times)
  }
}
