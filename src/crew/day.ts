import { daysAfter, isIsoDay } from '../base/index.ts'

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
/** A weekday may be shortened to its first three letters. */
const LEAST_LETTERS = 3

/**
 * Reads a day as people say it into an ISO date: `2026-12-01`, `+7d`, `+2w`, `friday` (the next one, never today).
 * Null when it is none, or no day of the calendar. Dates are in UTC, as all of a drill is.
 */
export function readDay(text: string, today: Date): string | null {
  const word = text.trim().toLowerCase()
  const ahead = /^\+(\d{1,3})([dw])$/.exec(word)
  if (ahead !== null) return daysAfter(today, Number(ahead[1]) * (ahead[2] === 'w' ? 7 : 1))
  const weekday = word.length < LEAST_LETTERS ? -1 : WEEKDAYS.findIndex((name) => name.startsWith(word))
  if (weekday !== -1) return daysAfter(today, ((weekday - today.getUTCDay() + 6) % 7) + 1)
  return isIsoDay(word) ? word : null
}

/** Whether a day lies before today. */
export const isOver = (day: string, today: Date) => day < daysAfter(today, 0)
