import type { Clock } from '../base/index.ts'
import type { Answers } from '../drill/index.ts'
import type { OpenQuestion } from './question.ts'
import { scriptedAnswer } from './script-answer.ts'
import type { Seat, SeatHands } from './seat.ts'

/** What is to happen in a phase happens this long before its end at the latest, however short the run makes it. */
const BEFORE_END_MS = 500

export interface ScriptOptions {
  clock: Clock
  /** Hears what did not get across: an answer that was not understood, a note that was not written. */
  tell: (line: string) => void
}

/** A seat that gets its hands once it sits. What it should do before that, it does then. */
export interface ScriptSeat extends Seat {
  take(hands: SeatHands): void
}

/**
 * Makes a seat at which a script sits in the place of people: it answers, writes notes and aborts when its answers say
 * so, by the phases and questions of the drill that it watches. Where they say nothing it keeps silent.
 */
export function scriptSeat(answers: Answers, { clock, tell }: ScriptOptions): ScriptSeat {
  let take: (hands: SeatHands) => void = () => undefined
  const seated = new Promise<SeatHands>((resolve) => (take = resolve))
  /** Aborted when the drill is stopped: then nothing more is to happen. */
  const stopped = new AbortController()
  /** By the question, aborted when it is withdrawn or answered. */
  const asked = new Map<string, AbortController>()

  const later = async (ms: number, signal: AbortSignal, act: (hands: SeatHands) => unknown) => {
    // Never from within a call of the desk, which is in the middle of telling everybody else.
    const hands = await seated
    await clock.sleep(ms, signal).catch(() => undefined)
    if (!signal.aborted) await act(hands)
  }

  const answer = (question: OpenQuestion): AbortController => {
    const over = new AbortController()
    const scripted = scriptedAnswer(question, answers)
    if (scripted === null) return over
    void later(scripted.after, over.signal, async (hands) => {
      const problem = await hands.answer(question.gate, scripted.text)
      if (problem !== null) tell(`the script's answer to "${question.gate}" did not count: ${problem}`)
    })
    return over
  }

  const play = (phase: string, lengthMs: number): void => {
    const inTime = (after: number) => Math.max(0, Math.min(after, lengthMs - BEFORE_END_MS))
    for (const note of answers.notes.filter((other) => other.phase === phase)) {
      void later(inTime(note.after), stopped.signal, async (hands) => {
        const { kind, text, as, corrects = null } = note
        const receipt = await hands.note({ kind, text, as, corrects, begunMs: hands.nowMs() })
        if ('problem' in receipt) tell(`the script's note "${text}" was not written: ${receipt.problem}`)
      })
    }
    const { abort } = answers
    if (abort?.phase === phase) void later(inTime(abort.after), stopped.signal, (hands) => hands.abort())
  }

  return {
    take: (hands) => take(hands),
    entry: (entry) => {
      if (entry.type === 'phase.started') play(entry.name, entry.plannedMs)
      if (entry.type === 'abort') stopped.abort()
    },
    status: ({ stopping }) => {
      if (stopping) stopped.abort()
    },
    questions: (open) => {
      for (const [gate, over] of asked) {
        if (open.some((question) => question.gate === gate)) continue
        over.abort()
        asked.delete(gate)
      }
      for (const question of open) if (!asked.has(question.gate)) asked.set(question.gate, answer(question))
    },
    show: () => undefined,
    close: async () => {
      stopped.abort()
      for (const over of asked.values()) over.abort()
      asked.clear()
    },
  }
}
