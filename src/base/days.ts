const MS_PER_DAY = 86_400_000

/** The ISO date of a moment, in UTC as all of a drill is. */
export const isoDay = (moment: Date) => moment.toISOString().slice(0, 10)

/** The ISO date so many days after a moment, in UTC. */
export const daysAfter = (from: Date, days: number) => isoDay(new Date(from.getTime() + days * MS_PER_DAY))

/** Whether a text is an ISO date of the calendar, such as `2026-12-01`. */
export function isIsoDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  // 2026-02-30 would be read as the second of March.
  return !Number.isNaN(date.getTime()) && isoDay(date) === text
}
