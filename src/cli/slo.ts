import { EXIT, GamedayError } from '../base/index.ts'
import {
  book,
  BOOKING_CAUSES,
  openLogReader,
  surveySlo,
  type BookingCause,
  type SloSurvey,
} from '../log/index.ts'
import { sloMarkdown, sloText } from '../report/index.ts'
import { withTilde } from '../rollback/index.ts'
import type { Io } from './io.ts'
import { logPath } from './log-place.ts'
import { readConfig } from './setup.ts'

export interface SloFlags {
  by?: string
  json?: boolean
  markdown?: boolean
  check?: boolean
  config?: string
}

/** Tells how the promise stands over its window, by the request log. With `--check` the exit code tells as well. */
export async function slo(flags: SloFlags, io: Io): Promise<number> {
  const by = readBy(flags.by)
  if (flags.json === true && flags.markdown === true)
    throw new GamedayError('--json and --markdown cannot both be given', {
      code: 'BAD_FLAG',
      hint: 'Choose one.',
    })
  const config = await readConfig(flags, io)
  const path = logPath(config, io)
  const reader = openLogReader(path)
  if (reader === null) throw noLog(path)
  try {
    const { success, p95, cost, window, requests } = config.objectives
    const survey = surveySlo(reader, {
      objectives: { success, p95Ms: p95, costUsd: cost, windowMs: window, requests },
      nowMs: io.clock.wall().getTime(),
      by,
    })
    io.stdout.write(drawn(survey, flags))
    return flags.check === true ? CHECKED[survey.decision] : EXIT.ok
  } finally {
    reader.close()
  }
}

/** A check that could not be made does not pass. */
const CHECKED = { go: EXIT.ok, freeze: EXIT.weak, unknown: EXIT.unproven } as const

export interface SloAddFlags {
  cause: string
  failures: string
  note?: string
  config?: string
}

/** Books what a part of the error budget was spent on. */
export async function sloAdd(flags: SloAddFlags, io: Io): Promise<number> {
  const cause = readCause(flags.cause)
  const failures = readFailures(flags.failures)
  const path = logPath(await readConfig(flags, io), io)
  book(path, { cause, failures, note: flags.note ?? null, atMs: io.clock.wall().getTime() })
  io.stdout.write(`Booked: ${failures} on ${cause}, in ${withTilde(path)}.\n`)
  return EXIT.ok
}

function drawn(survey: SloSurvey, { json, markdown }: SloFlags): string {
  if (json === true) return `${JSON.stringify(survey, null, 2)}\n`
  return markdown === true ? sloMarkdown(survey) : sloText(survey)
}

function noLog(path: string): GamedayError {
  return new GamedayError(`there is no request log ${withTilde(path)}`, {
    code: 'LOG_MISSING',
    hint: 'The router writes it: gameday serve router. If it lies elsewhere, name it as log.path in gameday.yaml.',
  })
}

function readBy(text: string | undefined): 'tenant' | 'feature' | null {
  if (text === undefined) return null
  if (text === 'tenant' || text === 'feature') return text
  throw new GamedayError(`--by ${text} makes no sense`, {
    code: 'BAD_FLAG',
    hint: 'Write --by tenant or --by feature.',
  })
}

function readCause(text: string): BookingCause {
  const cause = BOOKING_CAUSES.find((known) => known === text)
  if (cause !== undefined) return cause
  throw new GamedayError(`--cause ${text} is not known`, {
    code: 'BAD_FLAG',
    hint: `There are: ${BOOKING_CAUSES.join(', ')}.`,
  })
}

function readFailures(text: string): number {
  const failures = Number(text)
  if (/^-?\d+$/.test(text) && failures !== 0 && Number.isSafeInteger(failures)) return failures
  throw new GamedayError(`--failures ${text} is no number of failures`, {
    code: 'BAD_FLAG',
    hint: 'Write for example --failures 3; --failures=-3 takes three of an earlier booking back.',
  })
}
