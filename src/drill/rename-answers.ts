import type { Answers } from './answers.ts'
import { alertGate, armGate, clearGate } from './gates.ts'

/** Makes answers follow the phases of their drill to other names. Pure. */
export function renameAnswers(answers: Answers, names: ReadonlyMap<string, string>): Answers {
  const renamed = (name: string) => names.get(name) ?? name
  const gates = new Map(
    [...names].flatMap(([before, after]) =>
      [armGate, alertGate, clearGate].map((gate) => [gate(before), gate(after)] as const),
    ),
  )
  const { abort } = answers
  return {
    ...answers,
    gates: Object.fromEntries(
      Object.entries(answers.gates).map(([gate, answer]) => [gates.get(gate) ?? gate, answer]),
    ),
    notes: answers.notes.map((note) => ({ ...note, phase: renamed(note.phase) })),
    ...(abort === undefined ? {} : { abort: { ...abort, phase: renamed(abort.phase) } }),
  }
}
