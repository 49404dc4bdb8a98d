import { CREW_ROLES, tPlus } from '../../base/index.ts'
import type { BoardState } from '../board.ts'
import type { LiveStatus } from '../crew.ts'
import type { SeatRole } from '../seat.ts'
import { minutes } from '../words.ts'
import { bar } from './bar.ts'
import type { Block } from './fit.ts'
import type { Line, Pen } from './pen.ts'
import { nextOf, stateOf, type State } from './state.ts'

const LONGEST_NAME = 28
const SHORTEST_BAR = 10

/** The large state line between two rules, and the clock under it. A low window has the line alone. */
export function head(board: BoardState, pen: Pen): Block[] {
  const { status } = board
  const rule = pen.piece(pen.glyphs.rule, 'dim')
  return [
    {
      keep: 100,
      lines: [pen.spread(title(board, pen), [], rule), stateLine(status, pen), pen.spread([], [], rule)],
      short: { keep: 49, lines: [pen.color ? stateLine(status, pen) : ruledState(status, pen)] },
    },
    { keep: 99, lines: [clockLine(status, pen)] },
  ]
}

/** Which drill this is and who is in it, in the upper rule; its name goes first where that is too much. */
function title(board: BoardState, pen: Pen): Line {
  const { drill, blind } = board
  const rule = pen.piece(pen.glyphs.rule.repeat(2), 'dim')
  const who = whoIsIn(board, pen)
  const named = (...words: string[]): Line =>
    [...words.filter((word) => word !== '').map((word) => [pen.piece(word)]), who]
      .filter((part) => part.length > 0)
      .flatMap((part) => [rule, pen.piece(' '), ...part, pen.piece(' ')])
  const whole = named(drill?.name ?? 'gameday', blind ? 'BLIND' : '')
  return pen.length(whole) <= pen.width || who.length === 0 ? whole : named(blind ? 'BLIND' : '')
}

/** `Chi: lead · Ben: operator · ▶Ana: scribe`: everybody with their roles, marked where it is this seat that has them. */
function whoIsIn({ roles, name, people }: BoardState, pen: Pen): Line {
  const isOwn = (role: SeatRole) => roles.includes(role)
  const nameOf = (role: SeatRole) => {
    const assigned = role === 'observer' ? null : (people?.[role] ?? null)
    return isOwn(role) && roles.length === 1 ? name : (assigned ?? (isOwn(role) ? name : null))
  }
  const shown = [...CREW_ROLES, ...roles.filter((role) => role === 'observer')]
  const groups = new Map<string, SeatRole[]>()
  for (const role of shown) {
    const who = nameOf(role)
    if (who !== null) groups.set(who, [...(groups.get(who) ?? []), role])
  }
  return [...groups].flatMap(([who, theirs], index): Line => {
    const own = roles.length < CREW_ROLES.length && theirs.some(isOwn)
    const words = `${own ? '▶' : ''}${who}: ${theirs.join(', ')}`
    return [pen.piece(index === 0 ? '' : ' · '), pen.piece(words, own ? 'strong' : 'plain')]
  })
}

/** Inverse where there are colours, over the whole width. */
function stateLine(status: LiveStatus | null, pen: Pen): Line {
  const { text, tone, next } = wordsOf(status)
  return pen.spread(
    [pen.piece(`  ${text}`, tone)],
    next === '' ? [] : [pen.piece(`${next}  `, tone)],
    pen.piece(' ', tone),
  )
}

/** One line that is not taken for one of the log, without colours. */
function ruledState(status: LiveStatus | null, pen: Pen): Line {
  const { text, next } = wordsOf(status)
  const { rule } = pen.glyphs
  return pen.spread(
    [pen.piece(`${rule.repeat(2)} ${text} `)],
    next === '' ? [] : [pen.piece(` ${next} ${rule.repeat(2)}`)],
    pen.piece(rule),
  )
}

function wordsOf(status: LiveStatus | null): State & { next: string } {
  if (status === null) return { text: 'BEGINNING', tone: 'quiet on', next: '' }
  return { ...stateOf(status), next: nextOf(status) }
}

/** ` T+07:41 of 30:00   revoked key (4 of 9)  ▕█████▌      ▏ 5:19 left`, the bar in what is left of the width. */
function clockLine(status: LiveStatus | null, pen: Pen): Line {
  if (status === null) return [pen.piece(' T+00:00')]
  const { atMs, totalMs, phase, stopping } = status
  const at = [pen.piece(` ${tPlus(atMs)}`, 'strong'), pen.piece(` of ${minutes(totalMs)}`)]
  if (stopping) return at
  const left = pen.piece(` ${minutes(phase.leftMs)} left`, 'strong')
  const name = shortened(phase.name)
  const numbered = `${name} (${phase.index + 1} of ${phase.count})`
  const roomBeside = (words: string) => pen.width - pen.length([...at, pen.piece(`   ${words}  `), left])
  // The bar says more than the number of the phase does.
  const words = roomBeside(numbered) < SHORTEST_BAR ? name : numbered
  const before = [...at, pen.piece(`   ${words}  `)]
  const room = roomBeside(words)
  if (room < SHORTEST_BAR) return pen.spread(before, [left])
  return [...before, ...bar(pen, 1 - phase.leftMs / Math.max(1, phase.lengthMs), room), left]
}

const shortened = (name: string) =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`
