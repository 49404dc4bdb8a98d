import { tPlus } from '../../base/index.ts'
import type { BoardState } from '../board.ts'
import type { OpenQuestion } from '../question.ts'
import { minutes } from '../words.ts'
import type { Block } from './fit.ts'
import { GUTTER, labelled, paragraph, unfolded } from './gutter.ts'
import type { Line, Pen, Piece } from './pen.ts'
import type { FrameInput } from './types.ts'
import { isJudged } from './verdict.ts'

/** From here on a deadline is near. */
const HURRY_MS = 10_000
/** A question takes so much of the frame at most, and so many lines in any. */
const MOST_SHARE = 1 / 3
const LEAST_LINES = 3
/** How long the newest notes stay where room is short, the newest first. */
const NOTE_KEEP = [62, 42, 25, 6, 5]

/** The last notes, as they read now. */
export function notes(board: BoardState, pen: Pen): Block[] {
  const { notes: all } = board
  // In the debrief there is a verdict to be read.
  const most = isJudged(board) ? 25 : Infinity
  const shown = all.slice(-NOTE_KEEP.length)
  return shown.map(({ id, forMs, kind, by, text }, index) => ({
    keep: Math.min(most + index / 10, NOTE_KEEP[shown.length - 1 - index] ?? 5),
    ...unfolded(pen, { label: id }, `${tPlus(forMs)} ${by}, ${kind}: “${text}”`),
  }))
}

/** The open questions of this seat: the most urgent one in full, or the one that is being answered, and what else waits. */
export function questions(
  { questions: open, status }: BoardState,
  input: FrameInput,
  { pen, height }: { pen: Pen; height: number },
): Block[] {
  const answered = input.mode === 'answer' ? input.gate : null
  const first =
    open.find(({ gate }) => gate === answered) ?? open.toSorted((a, b) => a.deadlineMs - b.deadlineMs)[0]
  if (first === undefined) return []
  const atMs = status?.atMs ?? 0
  const others = open.filter((question) => question !== first)
  return [
    ...asked(first, { atMs, pen, isAnswered: first.gate === answered, most: mostLines(height) }),
    ...(others.length === 0 ? [] : [{ keep: 50, lines: [waiting(others, atMs, pen)] }]),
  ]
}

/** `▶lead      Do we break it?  go or no-go          else NO-GO in 0:23`; what to type has its own line where that is too short. */
function asked(
  question: OpenQuestion,
  { atMs, pen, isAnswered, most }: { atMs: number; pen: Pen; isAnswered: boolean; most: number },
): Block[] {
  const { role, text, hint } = question
  const deadline = deadlineOf(question, atMs, pen)
  const lines = pen.wrap(text, pen.width - GUTTER - pen.length([deadline]) - 2, most)
  const [first = [], ...more] = lines.map((line, index) =>
    labelled(pen, index === 0 ? { label: role, mark: '▶', tone: 'strong' } : { label: '' }, [
      pen.piece(line, 'strong'),
    ]),
  )
  const whole = [...first, pen.piece(`  ${hint}`)]
  if (more.length === 0 && pen.length([...whole, deadline]) + 2 <= pen.width)
    return [{ keep: 98, lines: [pen.spread(whole, [deadline])] }]
  const hintLines = (count: number) => paragraph(pen, { label: '' }, hint, count)
  return [
    { keep: 98, lines: [pen.spread(first, [deadline])] },
    // The end of it goes first.
    ...more.map((line, index) => ({ keep: 90 - index / 10, lines: [line] })),
    { keep: isAnswered ? 91 : 70, lines: hintLines(2), short: { lines: hintLines(1), keep: 46 } },
  ]
}

const mostLines = (height: number) => Math.max(LEAST_LINES, Math.floor(height * MOST_SHARE))

/** What counts when nobody answers, and when it does. */
function deadlineOf({ default: fallback, deadlineMs }: OpenQuestion, atMs: number, pen: Pen): Piece {
  const leftMs = deadlineMs - atMs
  const words =
    fallback === null ? `${minutes(leftMs)} left` : `else ${fallback.toUpperCase()} in ${minutes(leftMs)}`
  return pen.piece(words, leftMs < HURRY_MS ? 'bad' : 'strong')
}

function waiting(others: readonly OpenQuestion[], atMs: number, pen: Pen): Line {
  const named = others.map(({ gate, deadlineMs }) => `${gate} (${minutes(deadlineMs - atMs)})`)
  return labelled(pen, { label: '' }, [pen.piece(`also open: ${named.join(', ')}`, 'dim')])
}

/** What others are asked, so that whoever waits knows for whom; it makes room for what is asked here. */
export function elsewhere(
  { elsewhere: open, questions: own, people, status }: BoardState,
  pen: Pen,
): Block[] {
  const [soonest, ...others] = open
  if (soonest === undefined) return []
  const { role, gate, deadlineMs } = soonest
  const name = people?.[role] ?? null
  const who = name === null ? role : `${role} (${name})`
  const more = others.length === 0 ? '' : `  +${others.length}`
  const left = minutes(deadlineMs - (status?.atMs ?? 0))
  return [
    {
      keep: own.length > 0 ? 5.5 : 61,
      lines: [[pen.piece(` waiting for ${who}: ${gate}  ${left}${more}`, 'dim')]],
    },
  ]
}

/** What was last said back to whoever typed. */
export function message({ message: text }: FrameInput, pen: Pen): Block[] {
  return text === null ? [] : [{ keep: 88, lines: [[pen.piece(` › ${text}`, 'warn')]] }]
}
