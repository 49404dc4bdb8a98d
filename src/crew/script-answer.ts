import { DEBRIEF_QUESTIONS } from '../base/index.ts'
import { CONFIRM, findingGate, NEXT_DRILL, SILENT, type Answers } from '../drill/index.ts'
import type { OpenQuestion } from './question.ts'

/** Stands for every finding that is not named. */
const ANY_FINDING = '*'
const NOBODY = { not: 'the script names nobody' }

/** What a script types. */
export interface ScriptedAnswer {
  text: string
  /** Milliseconds after the question is put. */
  after: number
}

/** Finds what a script's answers say to a question; null where they say nothing. Pure. */
export function scriptedAnswer(question: OpenQuestion, answers: Answers): ScriptedAnswer | null {
  const answer = answers.gates[question.gate]
  if (answer !== undefined) return ofGate(answer, question)
  const text = ofDebrief(question.gate, answers)
  return text === null ? null : { text, after: 0 }
}

/** The phrase that a typed question asks for is the one option it has. */
function ofGate({ say, after }: Answers['gates'][string], { options }: OpenQuestion): ScriptedAnswer | null {
  if (say === SILENT) return null
  return { text: say === CONFIRM ? (options[0] ?? say) : say, after }
}

/** The debrief asks one thing after another and waits for each, so that what is left out must not keep silent. */
function ofDebrief(gate: string, { debrief, findings, next }: Answers): string | null {
  if (gate === NEXT_DRILL) return next ?? null
  const about = DEBRIEF_QUESTIONS.find((question) => question === gate)
  if (about !== undefined) return debrief[about] ?? ''
  const prefix = findingGate('')
  if (!gate.startsWith(prefix)) return null
  const finding = findings[gate.slice(prefix.length)] ?? findings[ANY_FINDING] ?? NOBODY
  return 'not' in finding ? `no: ${finding.not}` : `${finding.owner} ${finding.due}`
}
