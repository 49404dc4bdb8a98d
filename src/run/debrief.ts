import type { CrewRole } from '../base/index.ts'
import { daysAfter, plainText, readAssignment, readDay, type Question, type Reading } from '../crew/index.ts'
import { findingGate, NEXT_DRILL } from '../drill/index.ts'
import { DEBRIEF_QUESTIONS, type DebriefQuestion } from '../record/index.ts'
import type { RunContext } from './context.ts'
import { askUntil } from './gates.ts'

/** After the last answer the gates' ledger gets this long to arrive. */
const LEDGER_MS = 1000
/** The next drill is proposed for the same day of the next week. */
const NEXT_DAYS = 7

const TEXTS: Record<DebriefQuestion, string> = {
  'went well': 'What went well?',
  surprised: 'What surprised you?',
  'missing alert': 'Which alert was missing?',
}

/** Shows verdict and numbers, asks what people make of them, and who does what about each finding, while there is time. */
export async function debrief(context: RunContext, dueMs: number): Promise<void> {
  const { input, recorder, journalist, ending } = context
  if (!input.crew.there) return
  await Promise.race([context.drained, input.clock.sleep(Math.max(0, dueMs - context.elapsed()))])
  await input.clock.sleep(LEDGER_MS, ending.signal)
  journalist.attempt(() => recorder.settle(true))
  const { lines } = input.draft(input.dir)
  input.crew.show(lines)

  for (const about of DEBRIEF_QUESTIONS) {
    const said = await askText(context, { gate: about, role: 'scribe', text: TEXTS[about], dueMs })
    if (said !== null && said.value !== '')
      context.say({
        type: 'debrief.said',
        about,
        role: 'scribe',
        by: said.by,
        who: said.who,
        text: said.value,
      })
  }
  // Drawn again: a missing alert that was named just now is a finding too.
  for (const { key, id, title, severity } of input
    .draft(input.dir)
    .findings.filter(({ settled }) => !settled)) {
    const settled = await askText(context, {
      gate: findingGate(key),
      role: 'lead',
      text: `${id} (${severity}) ${title.replace(/\.$/, '')}. Who, by when?`,
      hint: 'a name and a day: Ana friday, Ana 2026-12-01; or no: why not',
      read: (typed) => checked(typed, readAssignment(typed, input.clock.wall())),
      dueMs,
    })
    if (settled === null) return
    const { by, who, value } = settled
    const assignment = readAssignment(value, input.clock.wall())
    if (!('problem' in assignment))
      context.say({ type: 'finding.assigned', finding: key, title, ...assignment, by, who })
  }
}

/** Agrees on the day of the next drill; the clock proposes it where nobody does. */
export async function agreeOnNext(context: RunContext, dueMs: number): Promise<void> {
  const { input } = context
  if (!input.crew.there) return
  const today = input.clock.wall()
  const proposed = daysAfter(today, NEXT_DAYS)
  const settled = await askText(context, {
    gate: NEXT_DRILL,
    role: 'lead',
    text: `When is the next drill? Enter for ${proposed}, a week from now; a finding is tested again in a quarter (+13w).`,
    hint: 'Enter, or a day: friday, +2w, 2026-12-01',
    read: (typed) => {
      const date = typed === '' ? proposed : readDay(typed, today)
      return date === null ? { problem: 'write a day: friday, +2w, 2026-12-01' } : { value: date }
    },
    default: proposed,
    dueMs,
  })
  const { value: date, by, who } = settled ?? { value: proposed, by: 'clock' as const, who: null }
  context.say({ type: 'next.proposed', date, by, who })
}

interface TextQuestion {
  gate: string
  role: CrewRole
  text: string
  hint?: string
  read?: (typed: string) => Reading
  default?: string
  dueMs: number
}

/** Null when nobody answered before the phase was over. */
async function askText(context: RunContext, asked: TextQuestion) {
  const { gate, role, text, dueMs } = asked
  const question: Question = {
    gate,
    role,
    kind: 'text',
    text,
    options: [],
    hint: asked.hint ?? 'a sentence; Enter alone for nothing',
    default: asked.default ?? null,
    deadlineMs: dueMs,
    read: asked.read ?? ((typed) => ({ value: plainText(typed) })),
  }
  const reply = await askUntil(context, question)
  return reply === 'late' ? null : reply
}

const checked = (typed: string, read: object): Reading =>
  'problem' in read && typeof read.problem === 'string' ? { problem: read.problem } : { value: typed.trim() }
