import { GamedayError, messageOf, systemCode } from './errors.ts'

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its links go in a circle',
  ENAMETOOLONG: 'its name is too long',
}

/** Says plainly why a file that a person named cannot be read. `code` is the error's: `DRILL_UNREADABLE`. */
export function unreadableFile(
  path: string,
  { what, code, cause, hint }: { what: string; code: string; cause: unknown; hint?: string },
): GamedayError {
  const reason = REASONS[systemCode(cause) ?? ''] ?? messageOf(cause)
  return new GamedayError(`the ${what} ${path} cannot be read: ${reason}`, {
    code,
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}
