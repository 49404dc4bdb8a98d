import { DEBRIEF_QUESTIONS, type DebriefQuestion, type Finding, type Result } from '../../record/index.ts'
import type { Story } from '../compose/story.ts'
import { listed, longDate } from '../format.ts'
import { untilWhen } from './silence.ts'
import { escapeMarkdown } from './escape.ts'

const HEADS: Record<DebriefQuestion, string> = {
  'went well': 'What went well',
  surprised: 'What surprised us',
  'missing alert': 'Which alert was missing',
}

/** What the people said when it was over, a line a question, and when they meet again; empty where nobody was asked. */
export function debriefLines({ debrief, run, findings }: Result, story: Story): string[] {
  const planned = story.started.phases.some(({ kind }) => kind === 'debrief')
  const met = story.phases.some(({ kind }) => kind === 'debrief')
  if (debrief.said.length === 0 && debrief.nextDrill === null) {
    if (!run.attended || !planned) return []
    if (!met) return ['There was none: the drill ended before it.']
  }
  const whose = run.attended ? [] : ['A script answered in people’s place.']
  return [
    ...whose,
    ...answers(debrief, `nobody said anything ${untilWhen(story)}`),
    ...takenOn(findings),
    ...nextDrill(story),
  ]
}

function answers({ said }: Result['debrief'], silence: string): string[] {
  if (said.length === 0) return [`**What went well, what surprised us, which alert was missing**: ${silence}`]
  return DEBRIEF_QUESTIONS.map((about) => {
    const own = said
      .filter((answer) => answer.about === about)
      .map(({ by, text }) => `“${escapeMarkdown(text)}”${by === null ? '' : ` (${escapeMarkdown(by)})`}`)
    return `**${HEADS[about]}**: ${own.length === 0 ? silence : own.join('; ')}`
  })
}

/** Who does what by when, soonest first; what it is about the findings say. */
function takenOn(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return []
  const owned = findings
    .filter(({ owner }) => owner !== null)
    .toSorted((a, b) => ((a.due ?? NEVER) < (b.due ?? NEVER) ? -1 : 1))
    .map(
      ({ id, owner, due }) =>
        `${id} by ${escapeMarkdown(owner ?? '')}${due === null ? '' : ` until ${escapeMarkdown(due)}`}`,
    )
  const ids = (some: readonly Finding[]) => listed(some.map(({ id }) => id))
  const left = findings.filter(({ owner, whyNot }) => owner === null && whyNot !== null)
  const open = findings.filter(({ owner, whyNot }) => owner === null && whyNot === null)
  const parts = [
    owned.length === 0 ? 'nothing' : owned.join(', '),
    ...(left.length === 0 ? [] : [`${ids(left)} by nobody, for a reason`]),
    ...(open.length === 0 ? [] : [`${ids(open)} not settled`]),
  ]
  return [`**Taken on**: ${parts.join('; ')}`]
}

/** Sorts behind every day. */
const NEVER = '~'

function nextDrill(story: Story): string[] {
  const next = story.of('next.proposed').at(-1)
  if (next === undefined) return ['**Next drill**: no day was agreed on']
  const by =
    next.who ?? (next.by === 'clock' ? 'proposed by gameday; nobody said otherwise' : `the ${next.by}`)
  return [`**Next drill**: ${onDay(next.date)} (${escapeMarkdown(by)})`]
}

/** `Friday, 27 November 2026`; what is no date is printed as it is. */
export function onDay(date: string): string {
  if (Number.isNaN(Date.parse(date))) return escapeMarkdown(date)
  const weekday = new Date(date).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' })
  return `${weekday}, ${longDate(date)}`
}
