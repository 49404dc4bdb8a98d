import { tPlus } from '../../base/index.ts'
import type { Quantity, Result } from '../../record/index.ts'
import { count, percent, timeOrInfinite, usd } from '../format.ts'
import { escapeMarkdown } from './escape.ts'
import type { Table } from './table.ts'

const NONE = '–'
const time = (ms: Quantity | null) => (ms === null ? NONE : timeOrInfinite(ms))
const ratio = (value: number | null) => (value === null ? NONE : percent(value))
const money = (value: number | null) => (value === null ? NONE : usd(value))

/** Numbers by phase. The cache has a column only where it served. */
export function phasesTable({ phases }: Result): Table | null {
  if (phases.length === 0) return null
  const cached = phases.some(({ servedBy }) => servedBy.cache > 0)
  return {
    header: [
      'phase',
      'from',
      'requests',
      'failed',
      'success',
      'p50',
      'p95',
      'p95 of successes',
      'p99',
      'primary',
      'secondary',
      ...(cached ? ['cache'] : []),
      'cost each',
    ],
    align: 'llrrrrrrrrrrr',
    rows: phases.map((phase) => {
      const some = phase.requests > 0
      const n = (value: number) => (some ? count(value) : NONE)
      return [
        escapeMarkdown(phase.name),
        tPlus(phase.startMs),
        n(phase.requests),
        n(phase.failed),
        ratio(phase.successRate),
        time(phase.p50Ms),
        time(phase.p95Ms),
        time(phase.p95OkMs),
        time(phase.p99Ms),
        n(phase.servedBy.primary),
        n(phase.servedBy.secondary),
        ...(cached ? [n(phase.servedBy.cache)] : []),
        money(phase.costUsd),
      ]
    }),
  }
}

/** Why requests failed, a line a phase that had failures. */
export function failureLines({ phases }: Result): string[] {
  return phases
    .filter(({ failed }) => failed > 0)
    .map(({ name, failures }) => {
      const classes = Object.entries(failures)
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .map(([why, n]) => `${count(n)} ${escapeMarkdown(why)}`)
      return `${escapeMarkdown(name)}: ${classes.join(', ')}`
    })
}

/** Numbers by class of request, those that failed most first. */
export function classesTable({ classes }: Result): Table | null {
  if (classes.length === 0) return null
  return {
    header: [
      'tenant / feature / kind',
      'requests',
      'ok',
      'success',
      'p50',
      'p95',
      'p95 to first token',
      'cost each',
    ],
    align: 'lrrrrrrr',
    rows: classes.map((one) => [
      escapeMarkdown(one.class),
      count(one.requests),
      count(one.ok),
      ratio(one.successRate),
      time(one.p50Ms),
      time(one.p95Ms),
      time(one.firstTokenP95Ms),
      money(one.costUsd),
    ]),
  }
}
