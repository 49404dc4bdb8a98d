import { daysAfter, messageOf, type CrewRole } from '../base/index.ts'
import { isOver, plainText, readAssignment, readDay, type Question, type Reading } from '../crew/index.ts'
import { findingGate, NEXT_DRILL } from '../drill/index.ts'
import { DEBRIEF_QUESTIONS, type DebriefQuestion } from '../record/index.ts'
import type { RunContext } from './context.ts'
import { askUntil } from './gates.ts'
import type { Draft } from './input.ts'

/** After the last answer the gates' ledger gets this long to arrive. */
const LEDGER_MS = 1000
/** Waiting for the last answers must leave the people most of a short debrief. */
const WAIT_SHARE = 0.3
/** What went well is asked before who does what, where one person answers both. */
const FIRST_MS = 250
/** The next drill is proposed for the same day of the next week. */
const NEXT_DAYS = 7

const TEXTS: Record<DebriefQuestion, string> = {
  'went well': 'What went well?',
  surprised: 'What surprised you?',
  'missing alert': 'Which alert was missing?',
}

/**
 * Shows verdict and numbers, and asks what people make of them, and who does what about each finding, while there is
 * time. The scribe's questions and the lead's are asked beside each other: whoever is silent holds up nobody else.
 */
export async function debrief(context: RunContext, dueMs: number): Promise<void> {
  if (!context.input.crew.there) return
  await figures(context, dueMs)
  const asked = new Set<string>()
  const drafted = draft(context)
  context.input.crew.draft(drafted.lines)
  await Promise.all([askWhatTheyThink(context, dueMs), settle(context, drafted, { asked, dueMs })])
  // Drawn again until nothing is new: a missing alert, or a to-do that was noted meanwhile, is a finding too.
  while (context.elapsed() < dueMs && context.ending.stop === null) {
    const again = draft(context)
    if (again.findings.every(({ key, settled }) => settled || asked.has(key))) return
    await settle(context, again, { asked, dueMs })
  }
}

/** Waits for the last answers and their ledger, as far as the debrief can spare the time. */
async function figures({ input, ending, drained, elapsed, recorder, journalist }: RunContext, dueMs: number) {
  const mostMs = Math.max(0, dueMs - elapsed()) * WAIT_SHARE
  const over = new AbortController()
  const patience = input.clock.sleep(mostMs, AbortSignal.any([over.signal, ending.signal]))
  await Promise.race([drained, patience.catch(() => undefined)])
  over.abort()
  if (ending.stop !== null) throw ending.signal.reason
  await input.clock.sleep(Math.min(LEDGER_MS, mostMs), ending.signal)
  journalist.attempt(() => recorder.settle(true))
}

/** A debrief without numbers is still a debrief. */
function draft({ input }: RunContext): Draft {
  try {
    return input.draft(input.dir)
  } catch (error) {
    return { lines: [`There is no draft of the verdict: ${messageOf(error)}`], findings: [] }
  }
}

async function askWhatTheyThink(context: RunContext, dueMs: number): Promise<void> {
  for (const about of DEBRIEF_QUESTIONS) {
    const said = await askText(context, {
      gate: about,
      role: 'scribe',
      text: TEXTS[about],
      dueMs: dueMs - FIRST_MS,
    })
    if (said === null || said === 'late') return
    const { value, by, who } = said
    if (value !== '') context.say({ type: 'debrief.said', about, role: 'scribe', by, who, text: value })
  }
}

async function settle(
  context: RunContext,
  { findings }: Draft,
  { asked, dueMs }: { asked: Set<string>; dueMs: number },
): Promise<void> {
  const { clock } = context.input
  for (const { key, title, severity, settled } of findings) {
    if (settled || asked.has(key)) continue
    asked.add(key)
    const reply = await askText(context, {
      gate: findingGate(key),
      role: 'lead',
      // Without its number, which changes when a worse one is found meanwhile.
      text: `${title.replace(/\.$/, '')} (${severity}). Who, by when?`,
      hint: 'a name and a day: Ana friday, Ana 2026-12-01; or no: why not',
      read: (typed) => checked(typed, readAssignment(typed, clock.wall())),
      dueMs,
    })
    if (reply === null || reply === 'late') return
    const { by, who, value } = reply
    const assignment = readAssignment(value, clock.wall())
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
  const reply = await askText(context, {
    gate: NEXT_DRILL,
    role: 'lead',
    text: `When is the next drill? Enter for ${proposed}, a week from now; a finding is tested again in a quarter (+13w).`,
    hint: 'Enter, or a day: friday, +2w, 2026-12-01',
    read: (typed) => {
      const date = typed.trim() === '' ? proposed : readDay(typed, today)
      if (date === null) return { problem: 'write a day: friday, +2w, 2026-12-01' }
      return isOver(date, today) ? { problem: `${date} is over: write a day to come` } : { value: date }
    },
    default: proposed,
    dueMs,
  })
  // Withdrawn, because the drill was stopped: nobody agreed on anything.
  if (reply === null) return
  const {
    value: date,
    by,
    who,
  } = reply === 'late' ? { value: proposed, by: 'clock' as const, who: null } : reply
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

function askText(context: RunContext, asked: TextQuestion) {
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
  return askUntil(context, question)
}

const checked = (typed: string, read: object): Reading =>
  'problem' in read && typeof read.problem === 'string' ? { problem: read.problem } : { value: typed.trim() }
