import { oneDecimal, seconds } from '../format.ts'
import { bar, BAR_CELLS } from './bar.ts'
import type { PastDrill } from './past.ts'

/** How a table of past drills is drawn. */
export interface Drawing {
  glyphs: 'unicode' | 'ascii'
  /** Width of the terminal; null where lines may be as long as they are. */
  columns: number | null
}

const NONE = '-'
const GAP = '  '
/** Aligned to the right: failover and budget. */
const RIGHT = [false, false, false, true, true, false, false]

/** Writes past drills as a table, a line each; names of people that do not fit the terminal are counted. */
export function tableLines(drills: readonly PastDrill[], drawing: Drawing): string[] {
  const head = ['date', 'drill', 'verdict', 'failover', 'budget', 'trend', 'people']
  const rows = drills.map((past) => [
    past.startedAt.slice(0, 10),
    past.drill,
    verdictText(past),
    past.broke ? (past.failoverMs === null ? 'never' : seconds(past.failoverMs)) : NONE,
    past.wouldHaveSpent === null ? NONE : oneDecimal(past.wouldHaveSpent),
    trend(past, drills, drawing.glyphs),
  ])
  const widths = head
    .slice(0, -1)
    .map((name, column) =>
      Math.max(name.length, column === 5 ? BAR_CELLS : 0, ...rows.map((row) => row[column]?.length ?? 0)),
    )
  const taken = widths.reduce((sum, width) => sum + width + GAP.length, 0)
  const room = drawing.columns === null ? Infinity : Math.max(MOST_NARROW, drawing.columns - taken)
  const people = drills.map((past) => peopleText(past, room))
  return [head, ...rows.map((row, index) => [...row, people[index] ?? ''])].map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return RIGHT[column] === true ? cell.padStart(width) : cell.padEnd(width)
      })
      .join(GAP)
      .trimEnd(),
  )
}

/** Room for `unattended`. */
const MOST_NARROW = 10

/** A run whose records just stop, and that is not alive, has been killed. */
function verdictText({ verdict, ended, inProgress }: PastDrill): string {
  if (inProgress) return 'in progress'
  if (!ended && (verdict === 'unproven' || verdict === null)) return 'unfinished'
  return verdict ?? 'failed'
}

/** The failover against the longest one of the same drill. */
function trend(
  { drill, broke, failoverMs }: PastDrill,
  drills: readonly PastDrill[],
  glyphs: Drawing['glyphs'],
): string {
  if (!broke) return ''
  if (failoverMs === null) return bar(Infinity, glyphs)
  const longest = Math.max(...drills.map((other) => (other.drill === drill ? (other.failoverMs ?? 0) : 0)))
  return bar(longest === 0 ? 0 : failoverMs / longest, glyphs)
}

function peopleText({ attended, names }: PastDrill, room: number): string {
  if (!attended) return 'unattended'
  if (names.length === 0) return 'attended'
  for (let shown = names.length; shown > 0; shown--) {
    const more = names.length - shown
    const text = `${names.slice(0, shown).join(', ')}${more === 0 ? '' : ` +${more}`}`
    if (text.length <= room) return text
  }
  return `${names.length} people`
}
