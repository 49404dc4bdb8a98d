import { GamedayError, messageOf } from '../../base/index.ts'
import { PROTOCOL } from './limits.ts'
import { greetingSchema, helloSchema, readLine, type Hello, type NewsOf } from './messages.ts'

export type Refusal = NewsOf<'refused'>

export const NOT_YET = 'NOT_YET'

const refusal = (code: string, message: string, hint: string | null = null): Refusal => ({
  type: 'refused',
  code,
  message,
  hint,
})

/** What is said to somebody whose words make no sense. */
export const notUnderstood = (): Refusal =>
  refusal('HUB_REFUSED', 'the drill did not understand what it was told')

export const tooManyGuests = (): Refusal =>
  refusal('HUB_REFUSED', 'too many have joined this drill already', 'Let somebody leave first.')

export const tooSlow = (): Refusal => refusal('HUB_REFUSED', 'nobody said in time who wants to join')

export const notYet = (): Refusal => refusal(NOT_YET, 'the drill has not begun yet', 'Try again in a moment.')

/** Passes on why the desk lets somebody not sit down. */
export const refusalOf = (error: unknown): Refusal =>
  error instanceof GamedayError
    ? refusal(error.code, error.message, error.hint ?? null)
    : refusal('HUB_REFUSED', messageOf(error))

/** Reads the first line of a guest: who it is, or why it is not let in. */
export function readHello(line: string): Hello | Refusal {
  const greeting = readLine(line, greetingSchema)
  if (greeting === null) return notUnderstood()
  if (greeting.protocol !== PROTOCOL) {
    return refusal(
      'HUB_REFUSED',
      `the drill speaks protocol ${PROTOCOL}, and was spoken to in protocol ${greeting.protocol}`,
      'Join with the version of gameday that runs the drill.',
    )
  }
  const hello = readLine(line, helloSchema)
  if (hello === null) return notUnderstood()
  // Whoever ran the drill leads it: the drill ends with their terminal.
  if (hello.sits && hello.as === 'lead')
    return refusal('HUB_REFUSED', 'nobody can join as lead', 'Join as scribe, operator or observer.')
  return hello
}
