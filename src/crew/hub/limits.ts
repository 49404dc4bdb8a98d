/** The language that both ends speak; another number is another language. */
export const PROTOCOL = 1

/** Longest line that a hub reads. */
export const MOST_LINE = 64 * 1024
/** Longest line that a hub may write: the first entry of a journal says a lot. */
export const MOST_ANSWER = 1024 * 1024
/** What may wait to be read by one who is slow; more, and it loses its seat. */
export const MOST_WAITING = 1024 * 1024

export const MOST_NAME = 40
/** Longest note or answer that is looked at; the desk has a limit of its own, and says so more kindly. */
export const MOST_TEXT = 4000
export const MOST_GUESTS = 16
/** Wishes of one guest that may wait for their reply. */
export const MOST_WISHES = 8

/** How long a guest may take to say who it is. */
export const HELLO_MS = 5000
/** How often a guest says that it is still there. */
export const HERE_EVERY_MS = 2000
/** How long it may keep silent; then its role goes back, because questions to it would be answered by nobody. */
export const SILENT_MS = 10_000
/** How long a guest gets to read what was said to it last. */
export const FAREWELL_MS = 500
/** Time between two notes: each waits for the disk, and with it the whole drill. */
export const BETWEEN_NOTES_MS = 20
