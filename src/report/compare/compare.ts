import type { ObjectiveResult } from '../../record/index.ts'
import { count, oneDecimal, seconds, span } from '../format.ts'
import { isBeside } from '../own-outage.ts'
import { faultLabel, intervalText, observedText } from '../words.ts'
import { differencesBetween, type Difference } from './circumstances.ts'
import { judgeClock, judgeObjective, resolutionMs, TAX_RESOLUTION_MS, type Judgement } from './judge.ts'
import { pairFaults, type FaultPair } from './same-drill.ts'
import type { Side, SideFault } from './side.ts'

/** One number of both runs. */
export interface Row {
  what: string
  first: string
  second: string
  /** The two-sided 95 % intervals, where it has any. */
  intervals: [string, string] | null
  /** Null where more is neither better nor worse. */
  judgement: Judgement | null
}

export interface FaultComparison {
  /** Its number in the drill, from 1. */
  number: number
  label: string
  rows: Row[]
  /** By tenant, where the fault was held to one, so that each was judged. */
  tenants: { tenant: string; rows: Row[] }[]
  /** Why there is nothing to compare; null where there is. */
  nothing: string | null
}

export interface Comparison {
  first: Head
  second: Head
  differences: Difference[]
  faults: FaultComparison[]
  budget: Row
  findings: Record<'new' | 'gone' | 'still', { key: string; title: string; severity: string | null }[]>
  /** Whether the findings of both runs say anything: those of a run that was not judged were not all looked for. */
  findingsCompare: boolean
  /** What is worse and what is better, each by its fault and name. */
  worse: string[]
  better: string[]
}

interface Head {
  run: string
  drill: string
  startedAt: string
  verdict: Side['verdict']
  decidedBy: string | null
}

/**
 * Compares two runs of one drill; the second with the first. Pure. Throws `NOT_COMPARABLE` where they broke different
 * things.
 */
export function compareRuns(first: Side, second: Side): Comparison {
  const pairs = pairFaults(first, second)
  const rates = { first: first.perSecond, second: second.perSecond }
  const faults = pairs.flatMap((pair, index) => compareFault(pair, index, rates))
  const budget = compareBudget(first, second)
  const judged = [
    ...faults.flatMap(({ number, rows, tenants }) => [
      ...rows.map((row) => ({ row, name: `fault ${number}: ${row.what}` })),
      ...tenants.flatMap(({ tenant, rows: own }) =>
        own.map((row) => ({ row, name: `fault ${number}: ${row.what} of ${tenant}` })),
      ),
    ]),
    { row: budget, name: budget.what },
  ]
  const those = (wanted: Judgement) =>
    judged.filter(({ row }) => row.judgement === wanted).map(({ name }) => name)
  const known = (side: Side, key: string) => side.findings.some((finding) => finding.key === key)
  return {
    first: headOf(first),
    second: headOf(second),
    differences: differencesBetween(first, second, pairs),
    faults,
    budget,
    findings: {
      new: second.findings.filter(({ key }) => !known(first, key)),
      gone: first.findings.filter(({ key }) => !known(second, key)),
      still: second.findings.filter(({ key }) => known(first, key)),
    },
    findingsCompare: [first, second].every(isJudged),
    worse: those('worse'),
    better: those('better'),
  }
}

/** Whether the drill said something about the system. */
export const isJudged = ({ verdict }: Pick<Side, 'verdict'>) => verdict === 'held' || verdict === 'weak'

function headOf({ run, drill, verdict, decidedBy }: Side): Head {
  return { run: run.id, drill: drill.name, startedAt: run.startedAt, verdict, decidedBy }
}

interface Rates {
  first: number | null
  second: number | null
}

function compareFault(pair: FaultPair, index: number, rates: Rates): FaultComparison[] {
  const { first, second } = pair
  const known = second ?? first
  if (known === null || isBeside(known)) return []
  const label = faultLabel({ ...known, parameters: known.parameters ?? {} }, index)
  const number = index + 1
  const nothing = [whyNothing(first, 'first'), whyNothing(second, 'second')].filter((why) => why !== null)
  if (first === null || second === null || nothing.length > 0)
    return [{ number, label, rows: [], tenants: [], nothing: nothing.join(', and ') }]
  return [
    { number, label, rows: rowsOf(first, second, rates), tenants: tenantsOf(first, second), nothing: null },
  ]
}

/** What was measured under a fault that did not take hold says nothing about it. */
function whyNothing(fault: SideFault | null, which: string): string | null {
  if (fault === null || fault.inForceMs === null) return `it was not in force in the ${which} run`
  return fault.provenMs === null ? `it was not proven in the ${which} run` : null
}

function rowsOf(first: SideFault, second: SideFault, rates: Rates): Row[] {
  const sees = resolutionMs(first.uncertaintyMs, ownRate(first, rates.first))
  const resolution = sees + resolutionMs(second.uncertaintyMs, ownRate(second, rates.second))
  // Which of the answers under way comes first is chance.
  const byAnswer = resolution + answerMs(first, second)
  const clock = (what: string, name: ClockName, mostMs: number): Row => {
    const [a, b] = [clockOf(first, name), clockOf(second, name)]
    return { what, first: a.text, second: b.text, intervals: null, judgement: judgeClock(a, b, mostMs) }
  }
  const plain = (what: string, key: 'probes' | 'flaps'): Row => ({
    what,
    first: counted(first[key]),
    second: counted(second[key]),
    intervals: null,
    judgement: null,
  })
  const byClock = (what: string, key: 'blipMs' | 'taxMs', most: number): Row => {
    const [a, b] = [first[key], second[key]]
    const judgement = judgeClock({ ms: a, waitedMs: null }, { ms: b, waitedMs: null }, most)
    return { what, first: length(a), second: length(b), intervals: null, judgement }
  }
  return [
    ...objectiveRows(first.objectives, second.objectives),
    failedRow(first, second),
    clock('detect', 'detect', resolution),
    clock('trip', 'trip', resolution),
    clock('switch', 'switch', byAnswer),
    clock('stable', 'stable', byAnswer),
    clock('home again', 'failback', byAnswer),
    byClock('blip', 'blipMs', byAnswer),
    byClock('tax', 'taxMs', TAX_RESOLUTION_MS),
    plain('probes', 'probes'),
    ...((first.flaps ?? 0) + (second.flaps ?? 0) > 0 ? [plain('flaps', 'flaps')] : []),
  ]
}

const NAMES: Record<ObjectiveResult['id'], string> = { success: 'success', p95: 'p95', cost: 'cost' }

function objectiveRows(first: readonly ObjectiveResult[], second: readonly ObjectiveResult[]): Row[] {
  return first.flatMap((before): Row[] => {
    const after = second.find(({ id }) => id === before.id)
    if (after === undefined) return []
    return [
      {
        what: NAMES[before.id],
        first: observedText(before),
        second: observedText(after),
        intervals: [intervalOf(before), intervalOf(after)],
        judgement: judgeObjective(before, after),
      },
    ]
  })
}

const intervalOf = (objective: ObjectiveResult) =>
  intervalText(objective) ?? (objective.interval === null ? 'no interval' : '∞')

function tenantsOf(first: SideFault, second: SideFault): FaultComparison['tenants'] {
  if (typeof second.parameters?.tenant !== 'string') return []
  return first.tenants.flatMap(({ tenant, objectives }) => {
    const other = second.tenants.find((one) => one.tenant === tenant)
    return other === undefined ? [] : [{ tenant, rows: objectiveRows(objectives, other.objectives) }]
  })
}

/** How many failed is judged by the share that they are, which has an interval. */
function failedRow(first: SideFault, second: SideFault): Row {
  const [a, b] = [first, second].map(({ objectives }) => objectives.find(({ id }) => id === 'success'))
  const text = ({ failedRequests }: SideFault, success: ObjectiveResult | undefined) =>
    failedRequests === null
      ? NOT_SAID
      : `${count(failedRequests)}${success === undefined ? '' : ` of ${count(success.n)}`}`
  return {
    what: 'failed',
    first: text(first, a),
    second: text(second, b),
    intervals: null,
    judgement: null,
  }
}

const NOT_SAID = 'not said'
const counted = (value: number | null) => (value === null ? NOT_SAID : count(value))
const length = (ms: number | null) => (ms === null ? NOT_SAID : span(ms))

type ClockName = 'detect' | 'trip' | 'switch' | 'stable' | 'failback'

function clockOf(fault: SideFault, name: ClockName) {
  const ms = fault[`${name}Ms`]
  const waitedMs = fault.notReached[name] ?? null
  if (ms !== null) return { ms, waitedMs, text: seconds(ms) }
  if (waitedMs !== null) return { ms, waitedMs, text: `not in ${seconds(waitedMs)}` }
  return { ms, waitedMs, text: fault.notObservable[name] === undefined ? NOT_SAID : 'cannot be seen' }
}

/** How long an answer takes at the most, but for one in twenty; a second where nobody says. */
function answerMs(...faults: SideFault[]): number {
  const seen = faults.flatMap(({ objectives }) => objectives.find(({ id }) => id === 'p95')?.observed ?? [])
  const finite = seen.filter((ms) => ms !== 'inf')
  return finite.length === 0 ? 1000 : Math.max(...finite)
}

/** Requests a second that could show anything: of a fault that was held to one tenant those of that one. */
function ownRate({ parameters, tenants, objectives }: SideFault, perSecond: number | null): number | null {
  const own = tenants.find(({ tenant }) => tenant === parameters?.tenant)?.objectives[0]?.n
  const all = objectives[0]?.n
  return perSecond === null || own === undefined || all === undefined || all === 0
    ? perSecond
    : (perSecond * own) / all
}

/** What an outage would have spent follows from the share that failed, so it is judged by that. */
function compareBudget(first: Side, second: Side): Row {
  const [a, b] = [first.errorBudget?.wouldHaveSpent ?? null, second.errorBudget?.wouldHaveSpent ?? null]
  const success = (side: Side) => side.objectives.find(({ id }) => id === 'success')
  const [before, after] = [success(first), success(second)]
  const comparable =
    a !== null &&
    b !== null &&
    first.errorBudget?.trafficPerSecond === second.errorBudget?.trafficPerSecond &&
    before !== undefined &&
    after !== undefined
  return {
    what: 'error budget, worst outage',
    first: a === null ? NOT_SAID : `${oneDecimal(a)} failures`,
    second: b === null ? NOT_SAID : `${oneDecimal(b)} failures`,
    intervals: null,
    judgement: comparable ? judgeObjective(before, after) : 'unknown',
  }
}
