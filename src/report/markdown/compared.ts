import type { Before, FaultResult, Finding, Result } from '../../record/index.ts'
import { longDate, seconds } from '../format.ts'
import { isBeside } from '../own-outage.ts'
import { faultLabel } from '../words.ts'
import { escapeMarkdown } from './escape.ts'
import { change } from './change.ts'
import { writeTable } from './table.ts'

export interface Compared {
  head: string
  /** Null where neither drill had a fault in force. */
  table: string | null
  findings: string[]
}

/** What became better, worse, or stayed since the drill before; null where there was none. Markdown. */
export function comparedWith(result: Result): Compared | null {
  const { before } = result
  if (before === null) return null
  const attended = before.attended ? 'with people' : 'without people'
  return {
    head: `The last one that could be judged was held on ${longDate(before.startedAt)}, ${attended}: **${escapeMarkdown(before.verdict.toUpperCase())}** (run ${escapeMarkdown(before.run)}).${before.findings.length === 0 ? ' It left no findings.' : ''}`,
    table: clocks(result, before),
    findings: [...before.findings]
      .sort((a, b) => Number(b.retestDue) - Number(a.retestDue))
      .map((then) => became(then, result)),
  }
}

/** The router's clocks, fault by fault. Two faults of a kind are told apart by their order. */
function clocks({ faults }: Result, before: Before): string | null {
  const left = [...before.faults]
  const rows = faults.flatMap((fault, index) => {
    if (fault.inForceMs === null || isBeside(fault)) return []
    const at = left.findIndex(({ kind, target }) => kind === fault.kind && target === fault.target)
    const [then] = at === -1 ? [] : left.splice(at, 1)
    const label = escapeMarkdown(faultLabel(fault, index))
    if (then === undefined) return [[label, 'not tried then', '', '', '', '', '']]
    return [[label, ...pair(fault.stableMs, then.stableMs), ...pair(fault.failbackMs, then.failbackMs)]]
  })
  const gone = left.map(({ kind, target }) => [
    escapeMarkdown(`${kind} on ${target}`),
    'not tried now',
    '',
    '',
    '',
    '',
    '',
  ])
  if (rows.length + gone.length === 0) return null
  return writeTable({
    header: ['fault', 'stable now', 'then', 'change', 'home now', 'then', 'change'],
    align: 'lrrlrrl',
    rows: [...rows, ...gone],
  })
}

const pair = (now: number | null, then: number | null) => [time(now), time(then), change(now, then)]
const time = (ms: number | null) => (ms === null ? 'not reached' : seconds(ms))

/** What became of a finding of then. */
function became(then: Before['findings'][number], result: Result): string {
  const due = then.retestDue ? `**Re-test due since ${escapeMarkdown(then.retest)}**: ` : ''
  const { owner, due: by } = then
  const whose =
    owner === null
      ? 'nobody had taken it on'
      : `${escapeMarkdown(owner)} had taken it on${by === null ? '' : `, due ${escapeMarkdown(by)}`}`
  const title = escapeMarkdown(then.title.replace(/\.$/, ''))
  return `${due}${due === '' ? outcome(then.key, result) : uncapital(outcome(then.key, result))}: ${title} (${whose})`
}

const uncapital = (text: string) => text.replace(/(?<=^\**)\p{Lu}/u, (letter) => letter.toLowerCase())

function outcome(key: string, { findings, verdict, faults, before }: Result): string {
  // A note of that number was written in this drill too, about something else.
  if (key.startsWith('to-do ')) return 'A to-do, which only people can tick off'
  const again = findings.find((finding: Finding) => finding.key === key)
  if (again !== undefined) return `**Found again as ${again.id}**`
  if (verdict !== 'held' && verdict !== 'weak') return 'Not found again, but this drill could not be judged'
  const missing = (before?.faults ?? []).some((then) => !faults.some((fault) => inForceLike(fault, then)))
  return missing ? 'Not found again, but not every fault of then was in force' : 'Not found again'
}

const inForceLike = (fault: FaultResult, then: Pick<FaultResult, 'kind' | 'target'>) =>
  fault.inForceMs !== null && fault.kind === then.kind && fault.target === then.target
