import { userInfo } from 'node:os'
import { EXIT, GamedayError } from '../base/index.ts'
import { plainText } from '../crew/index.ts'

/** Reads a flag that names a person; the name of the account where it is left out. Throws `BAD_FLAG` for an empty name. */
export function readName(flag: string, typed: string | undefined): string {
  if (typed === undefined) return plainText(accountName())
  const name = plainText(typed)
  if (name !== '') return name
  throw new GamedayError(`${flag} names nobody`, {
    code: 'BAD_FLAG',
    exitCode: EXIT.usage,
    hint: `Write a name, for example ${flag} Ana, or leave it out.`,
  })
}

/** The name of whoever is at this machine's keyboard, as the system knows them. */
export function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // An account without a name, as in a container.
    return 'somebody'
  }
}
