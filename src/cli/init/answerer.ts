import { GamedayError } from '../../base/index.ts'
import type { Asker } from '../../crew/index.ts'
import { dashed, type AnswerFlag, type InitFlags } from './flags.ts'
import type { Read } from './read.ts'

export interface AnswerTo<T> {
  flag: AnswerFlag
  message: string
  /** What is taken where nobody says otherwise; absent where nothing can be guessed. */
  proposed?: string | undefined
  read: Read<T>
}

/** Gets an answer by its flag, else from whoever is asked, else as it is proposed. */
export type Answerer = <T>(question: AnswerTo<T>) => Promise<T>

/** @param ask null where nobody is to be asked anything */
export function answerer(flags: InitFlags, ask: Asker | null): Answerer {
  return async ({ flag, message, proposed, read }) => {
    const given = flags[flag]
    if (given !== undefined) return orRefuse(read(given.trim()), flag)
    if (ask === null) {
      if (proposed === undefined) throw unanswered(flag, message)
      return orRefuse(read(proposed), flag)
    }
    const typed = await ask.text({
      message,
      ...(proposed === undefined ? {} : { default: proposed }),
      validate: (text) => {
        const result = read(text)
        return 'problem' in result ? sentence(result.problem) : true
      },
    })
    return orRefuse(read(typed), flag)
  }
}

/** Never quotes what was given: it might be a key, pasted where only its name belongs. */
function orRefuse<T>(result: { value: T } | { problem: string }, flag: AnswerFlag): T {
  if ('value' in result) return result.value
  throw new GamedayError(`what ${dashed(flag)} says cannot be used`, {
    code: 'BAD_FLAG',
    hint: sentence(result.problem),
  })
}

function unanswered(flag: AnswerFlag, message: string): GamedayError {
  return new GamedayError(`nothing says: ${message}`, {
    code: 'ANSWER_MISSING',
    hint: `Add ${dashed(flag)}; or leave out --yes, in a terminal, to be asked.`,
  })
}

const sentence = (problem: string) => `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`
