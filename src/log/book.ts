import { openForWriting } from './database.ts'

/** What an error budget may have been spent on. */
export const BOOKING_CAUSES = ['deploy', 'experiment', 'provider'] as const
export type BookingCause = (typeof BOOKING_CAUSES)[number]

export interface Booking {
  cause: BookingCause
  /** Failures; negative to take some of an earlier booking back. */
  failures: number
  note: string | null
  atMs: number
}

/** Books what a part of the error budget was spent on. Throws `LOG_UNUSABLE`. */
export function book(path: string, { cause, failures, note, atMs }: Booking): void {
  const database = openForWriting(path)
  try {
    database
      .prepare('INSERT INTO bookings (at_ms, cause, failures, note) VALUES (?, ?, ?, ?)')
      .run(atMs, cause, failures, note)
  } finally {
    database.close()
  }
}
