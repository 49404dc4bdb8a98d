import type { LiveStatus } from '../crew.ts'
import type { Block } from './fit.ts'
import { labelled } from './gutter.ts'
import { inAllText, numbersOf, promised, withoutText, type Measured } from './numbers.ts'
import type { Line, Pen } from './pen.ts'
import { p95Spark, successSpark } from './spark.ts'
import { keeps } from './state.ts'

/** Where the second column begins. */
const SECOND = 42
/** Columns of a figure and of the number of requests behind it, so that they do not dance. */
const VALUE = 7
const OF = 7

/** What callers see right now: success, p95, who serves; when the load is over, what it was in all. */
export function figures(status: LiveStatus, pen: Pen): Block[] {
  const { limits, lastMinute, load, sentTotal } = status
  const now = numbersOf(status, pen.glyphs.none)
  if (load !== null && now === null && sentTotal > 0) return [{ keep: 79, lines: [inAll(status, pen)] }]
  const { success, p95 } = now ?? promised(limits, pen.glyphs.none)
  const kept = keeps(status)
  const minute = (spark: (of: NonNullable<LiveStatus['lastMinute']>) => Line[number], word: string): Line =>
    lastMinute === null ? [] : [spark(lastMinute), pen.piece(`  ${word}`, 'dim')]
  const rows = [
    figure(
      pen,
      'success',
      success,
      kept.success,
      minute((bins) => successSpark(bins.success, pen), now?.rate ?? ''),
    ),
    figure(
      pen,
      'p95',
      p95,
      kept.p95,
      minute((bins) => p95Spark(bins.p95Ms, limits.p95Ms, pen), 'last 60 s'),
    ),
  ]
  return [...rows.map((line, index) => ({ keep: 79 - index, lines: [line] })), ...served(status, pen)]
}

const inAll = (status: LiveStatus, pen: Pen) =>
  labelled(pen, { label: 'in all' }, [pen.piece(inAllText(status))])

function figure(pen: Pen, label: string, { value, of, limit }: Measured, kept: boolean, beside: Line): Line {
  const shown = of === '' ? `${value} ${limit}` : `${value.padEnd(VALUE)} ${of.padEnd(OF)} ${limit}`
  const left = labelled(pen, { label, bad: !kept }, [pen.piece(shown, kept ? 'plain' : 'bad')])
  return sideBySide(pen, left, beside) ?? left
}

/** Who serves, and what it would have been without the router, side by side where both have room. */
function served(status: LiveStatus, pen: Pen): Block[] {
  const now = numbersOf(status, pen.glyphs.none)
  const without = withoutText(status, pen.glyphs.none)
  if (now === null) return []
  const left = labelled(pen, { label: 'served by' }, [pen.piece(now.served)])
  if (without === null) return [{ keep: 60, lines: [left] }]
  const both = sideBySide(pen, left, [pen.piece(without)])
  if (both !== null) return [{ keep: 60, lines: [both] }]
  return [
    { keep: 60, lines: [left] },
    { keep: 48, lines: [labelled(pen, { label: '' }, [pen.piece(without)])] },
  ]
}

/** Puts something at the second column; null where there is no room for it. */
function sideBySide(pen: Pen, left: Line, right: Line): Line | null {
  const gap = SECOND - pen.length(left)
  const fits = gap >= 2 && SECOND + pen.length(right) <= pen.width
  return fits ? [...left, pen.piece(' '.repeat(gap)), ...right] : null
}
