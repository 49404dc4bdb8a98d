import type { FaultResult } from '../../record/index.ts'
import { seconds } from '../format.ts'
import { ownOutages } from '../own-outage.ts'
import { escapeXml } from '../xml.ts'
import { emptyRow, fitted, px, textWidth, type Row } from './geometry.ts'
import { rowLabel, type Panel } from './phases.ts'
import type { Scene } from './scene.ts'

/** A moment of a failover, in a row of its own: its clocks are often closer together than their marks are wide. */
interface Clock {
  row: string
  /** Name under which `notReached` counts the waiting. */
  name: string
  mark: (x: number, y: number) => string
  atMs: (fault: FaultResult) => number | null
  clockMs: (fault: FaultResult) => number | null
}

const after = (from: number | null, ms: number | null) => (from === null || ms === null ? null : from + ms)

const CLOCKS: readonly Clock[] = [
  {
    row: 'detect',
    name: 'detect',
    mark: (x, y) => `<path class="mark" d="M${px(x - 5)} ${px(y - 4)}h10l-5 9z"/>`,
    atMs: ({ inForceMs, detectMs }) => after(inForceMs, detectMs),
    clockMs: ({ detectMs }) => detectMs,
  },
  {
    row: 'switch',
    name: 'switch',
    mark: (x, y) => `<path class="mark" d="M${px(x)} ${px(y - 5.5)}l5.5 5.5-5.5 5.5-5.5-5.5z"/>`,
    atMs: ({ inForceMs, switchMs }) => after(inForceMs, switchMs),
    clockMs: ({ switchMs }) => switchMs,
  },
  {
    row: 'stable',
    name: 'stable',
    mark: (x, y) => `<rect class="mark" x="${px(x - 4.5)}" y="${px(y - 4.5)}" width="9" height="9"/>`,
    atMs: ({ inForceMs, stableMs }) => after(inForceMs, stableMs),
    clockMs: ({ stableMs }) => stableMs,
  },
  {
    row: 'home',
    name: 'failback',
    mark: (x, y) => `<path class="mark" d="M${px(x - 5)} ${px(y + 4)}h10l-5-9z"/>`,
    atMs: ({ revertedMs, failbackMs }) => after(revertedMs, failbackMs),
    clockMs: ({ failbackMs }) => failbackMs,
  },
]

const BAR = 20
/** Size that bold text of 12 is as wide as. */
const BOLD = 13
const ROW = 17

/** Draws each fault as a hatched bar from in force to undone, with the clocks of its failover in rows below. */
export function faultRows(scene: Scene, top: number): Panel {
  const outages = ownOutages(scene.result.faults)
  const faults = outages.map(({ fault }) => fault)
  if (faults.length === 0) {
    return {
      svg: `${rowLabel('fault', top + 14)}<text class="small quiet" x="${px(scene.x(0) + 4)}" y="${top + 14}">no fault was in force</text>`,
      height: BAR,
    }
  }
  const bars = outages.map(({ fault, index }) => bar(scene, fault, index, top))
  const rows = CLOCKS.map((clock, index) => {
    const y = top + BAR + 4 + index * ROW
    const row = emptyRow()
    for (const fault of faults) reserve(scene, fault, clock, row)
    const marks = faults.map((fault) => clockMark(scene, fault, clock, y + ROW / 2, row))
    return `${rowLabel(clock.row, y + 13)}${marks.join('')}`
  })
  return {
    svg: `${rowLabel('fault', top + 14)}${bars.join('')}${rows.join('')}`,
    height: BAR + 4 + CLOCKS.length * ROW,
  }
}

function bar({ x, toMs, result: { faults } }: Scene, fault: FaultResult, index: number, top: number): string {
  if (fault.inForceMs === null) return ''
  const [from, to] = [x(fault.inForceMs), x(fault.revertedMs ?? toMs)]
  const doubt = fault.provenMs === null ? ', not proven' : ''
  const open = fault.revertedMs === null ? ', never undone' : ''
  const beside = fault.beside === undefined ? undefined : faults[fault.beside]
  const also = beside === undefined ? '' : ` + ${beside.kind} on ${beside.target}`
  const words = `${index + 1} · ${fault.kind} on ${fault.target}${also}${doubt}${open}`
  const label = fitted(words, BOLD, to - from - 10)
  return (
    `<rect class="bar" x="${px(from)}" y="${top}" width="${px(Math.max(1, to - from))}" height="${BAR}" rx="2"><title>${escapeXml(words)}</title></rect>` +
    (label === '' ? '' : `<text class="head" x="${px(from + 6)}" y="${top + 14}">${escapeXml(label)}</text>`)
  )
}

/** Marks come before labels: no label may cover another fault's mark. */
function reserve({ x }: Scene, fault: FaultResult, clock: Clock, row: Row): void {
  const atMs = clock.atMs(fault)
  if (atMs !== null) row.take(x(atMs) - 7, x(atMs) + 7)
}

function clockMark(scene: Scene, fault: FaultResult, clock: Clock, y: number, row: Row): string {
  const atMs = clock.atMs(fault)
  const ms = clock.clockMs(fault)
  if (atMs !== null && ms !== null) {
    const x = scene.x(atMs)
    return `${clock.mark(x, y)}${label(seconds(ms), x, y, row, 8)}`
  }
  const waited = fault.notReached[clock.name]
  const from = clock.name === 'failback' ? fault.revertedMs : fault.inForceMs
  if (waited === undefined || from === null) return ''
  const x = scene.x(from + waited)
  return `<path class="missed" d="M${px(x - 4)} ${px(y - 4)}l8 8m0-8l-8 8"/>${label(`not reached in ${seconds(waited)}`, x, y, row, 9)}`
}

/** Writes a label right of its mark, or left of it, or not at all: the report's table has every number. */
function label(text: string, x: number, y: number, row: Row, gap: number): string {
  const width = textWidth(text, 11)
  if (row.take(x + gap, x + gap + width))
    return `<text class="small" x="${px(x + gap)}" y="${px(y + 4)}">${text}</text>`
  if (row.take(x - gap - width, x - gap))
    return `<text class="small end" x="${px(x - gap)}" y="${px(y + 4)}">${text}</text>`
  return ''
}

/** Draws the time in force through a panel: a veil, and lines where it began and was undone. */
export function faultVeil({ result, x, toMs }: Scene, top: number, bottom: number): string {
  return ownOutages(result.faults)
    .map(({ fault: { inForceMs, revertedMs } }) => {
      if (inForceMs === null) return ''
      const [from, to] = [x(inForceMs), x(revertedMs ?? toMs)]
      return (
        `<rect class="veil" x="${px(from)}" y="${top}" width="${px(to - from)}" height="${bottom - top}"/>` +
        `<path class="start" d="M${px(from)} ${top}V${bottom}"/>` +
        (revertedMs === null ? '' : `<path class="undone" d="M${px(to)} ${top}V${bottom}"/>`)
      )
    })
    .join('')
}
