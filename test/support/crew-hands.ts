import type { NoteReceipt, NoteWish, SeatHands } from '../../src/crew/index.ts'

/** Hands that remember what they did. */
export interface RecordingHands extends SeatHands {
  notes: NoteWish[]
  answers: [gate: string, text: string][]
  aborts: number
  /** The drill's clock; moved by the test. */
  at: number
}

export function recordingHands({
  note = async (wish, number) => ({ id: `n${number}`, forMs: wish.begunMs }),
  answer = async () => null,
}: {
  note?: (wish: NoteWish, number: number) => Promise<NoteReceipt>
  answer?: (gate: string, text: string) => Promise<string | null>
} = {}): RecordingHands {
  const hands: RecordingHands = {
    notes: [],
    answers: [],
    aborts: 0,
    at: 441_000,
    nowMs: () => hands.at,
    note: (wish) => {
      hands.notes.push(wish)
      return note(wish, hands.notes.length)
    },
    answer: (gate, text) => {
      hands.answers.push([gate, text])
      return answer(gate, text)
    },
    abort: () => void hands.aborts++,
  }
  return hands
}
