import type { CrewRole } from '../base/index.ts'
import type { Question, Reading } from '../crew/index.ts'
import type { EventOf } from '../record/index.ts'
import type { RunContext } from './context.ts'

export type Decided = Pick<EventOf<'gate.decided'>, 'decision' | 'by' | 'who' | 'reason'>
type Word = Decided['decision']

/** A question of the agenda whose answer decides something. */
export interface Gate {
  name: string
  role: CrewRole
  text: string
  /** What only those are told who may know what is broken in a blind drill. */
  secret?: string
  /** What the answers mean, the good one first. */
  words: readonly ['go', 'no-go'] | readonly ['yes', 'no']
  /** What has to be typed for the good one, whole; null where the word will do. */
  phrase: string | null
  default: Word
  /** On the drill's clock. */
  deadlineMs: number
}

/**
 * Puts a gate to its role and writes down who or what decided: a person or a script, or the clock where nobody answered
 * in time. Null when it was withdrawn, because the drill ended or the question has no object any more.
 */
export async function askGate(
  context: RunContext,
  gate: Gate,
  withdrawn?: AbortSignal,
): Promise<Decided | null> {
  const decided = context.input.crew.there ? await askPeople(context, gate, withdrawn) : byChecks(gate)
  if (decided !== null) context.say({ type: 'gate.decided', gate: gate.name, role: gate.role, ...decided })
  return decided
}

/** Nobody is there to be asked: the engine's own checks have let the drill come so far. */
function byChecks({ words }: Gate): Decided {
  return { decision: words[0], by: 'script', who: null, reason: 'all checks have passed' }
}

async function askPeople(context: RunContext, gate: Gate, withdrawn?: AbortSignal): Promise<Decided | null> {
  const { name, role, text, secret, words, phrase, default: fallback, deadlineMs } = gate
  const question: Question = {
    gate: name,
    role,
    kind: phrase === null ? 'choice' : 'typed',
    text,
    ...(secret === undefined ? {} : { secret }),
    options: phrase === null ? words : [phrase],
    hint: phrase === null ? words.join(' or ') : `type ${phrase}, or no`,
    default: fallback,
    deadlineMs,
    read: (typed) => readWord(typed, words, phrase),
  }
  const reply = await askUntil(context, question, withdrawn)
  if (reply === 'late')
    return { decision: fallback, by: 'clock', who: null, reason: 'nobody answered in time' }
  if (reply === null) return null
  const { value, by, who, reason } = reply
  return { decision: value === words[0] ? words[0] : words[1], by, who, reason }
}

/** Puts any question, and gives up at its deadline, at the end of the drill, or when it is withdrawn. */
export async function askUntil(context: RunContext, question: Question, withdrawn?: AbortSignal) {
  const { input, ending, elapsed } = context
  const over = new AbortController()
  const ends = AbortSignal.any([over.signal, ending.signal, ...(withdrawn === undefined ? [] : [withdrawn])])
  let late = false
  const deadline = input.clock.sleep(Math.max(0, question.deadlineMs - elapsed()), ends).then(
    () => {
      late = true
      over.abort()
    },
    () => undefined, // Answered or withdrawn before it.
  )
  const reply = await input.crew.ask(question, ends)
  over.abort()
  await deadline
  return reply ?? (late ? 'late' : null)
}

const YES = ['y', 'yes', 'g', 'go']
const NO = ['n', 'no', 'no-go', 'nogo']

function readWord(typed: string, words: Gate['words'], phrase: string | null): Reading {
  const word = typed.trim().toLowerCase().replace(/\s+/g, ' ')
  if (NO.includes(word)) return { value: words[1] }
  if (phrase === null && YES.includes(word)) return { value: words[0] }
  if (phrase !== null && word === phrase.toLowerCase()) return { value: words[0] }
  return { problem: phrase === null ? `write ${words.join(' or ')}` : `write ${phrase}, or no` }
}
