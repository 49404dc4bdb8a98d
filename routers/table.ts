import type { FaultResult, Result } from '../src/record/index.ts'
import { count, seconds, span, timeOrInfinite } from '../src/report/format.ts'
import { judgeTargets, type TargetResult } from '../src/report/targets.ts'
import type { Kept } from './kept.ts'

const HEAD = [
  'router, layout',
  'version',
  'verdict',
  'fault',
  'failed requests',
  'p95',
  'failover',
  'tax',
  'home again',
]
const ALIGN = ['', '', '', '', ':', ':', ':', ':', ':']

const BEGIN = '<!-- made by npm run compare: begin -->'
const END = '<!-- made by npm run compare: end -->'

/** Writes the comparison as Markdown: a line for each router and fault. Empty where nothing was ever held. */
export function comparisonTable(kept: readonly Kept[], linkTo: (id: string) => string): string {
  if (kept.length === 0) return ''
  const lines = kept.flatMap(({ id, router, layout, version, result }) =>
    result.faults.map((fault, nth) => {
      const first = [`${router}: ${layout}`, version, `[\`${result.verdict}\`](${linkTo(id)})`]
      return [...(nth === 0 ? first : ['', '', '']), ...cells(fault, result)]
    }),
  )
  return [HEAD, ALIGN.map((colon) => `---${colon}`), ...lines]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** Puts the table between its two marks. Throws where a text has no such place. */
export function withTable(text: string, table: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`there is no place for the table: ${BEGIN} and ${END}`)
  return `${text.slice(0, from + BEGIN.length)}\n\n${table}${table === '' ? '' : '\n\n'}${text.slice(to)}`
}

function cells(fault: FaultResult, { targets }: Result): string[] {
  if (fault.skipped !== null || fault.inForceMs === null) return [fault.kind, 'not held', '', '', '', '']
  const promise = (wanted: 'success' | 'p95') => fault.objectives.find(({ id }) => id === wanted)
  const p95 = promise('p95')?.observed ?? null
  const [failover, failback, tax] = judgeTargets(fault, targets)
  return [
    fault.kind,
    `${count(fault.failedRequests)} of ${count(promise('success')?.n ?? 0)}`,
    p95 === null ? 'not measured' : timeOrInfinite(p95),
    clock(failover, seconds),
    clock(tax, (ms) => `${ms >= 0.05 ? '+' : ''}${span(ms)}`),
    clock(failback, seconds),
  ]
}

/** A clock that was not reached says for how long it was waited for. */
function clock(target: TargetResult | undefined, write: (ms: number) => string): string {
  if (target === undefined) return 'not seen'
  if (target.observedMs !== null) return write(target.observedMs)
  return target.waitedMs === null ? 'not measured' : `not in ${seconds(target.waitedMs)}`
}
