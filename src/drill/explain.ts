import { formatDuration, tPlus, type ProviderRole } from '../base/index.ts'
import type { PlannedPhase } from './agenda.ts'
import type { Drill } from './drill.ts'
import { explainAnswers } from './explain-answers.ts'
import { explainFaults } from './explain-faults.ts'
import { samplePlan, type OutageSample } from './sample-plan.ts'
import type { AbortRule } from './schema.ts'
import { bullet, paragraph } from './wrap.ts'

/** What of the surroundings an explanation needs. */
export interface ExplainSetup {
  perSecond: number
  /** `url` is null for the embedded ones. */
  router: { kind: 'embedded' | 'external'; url: string | null }
  toxiproxy: { kind: 'embedded' | 'external'; url: string | null }
  providers: readonly { role: ProviderRole; name: string; kind: 'simulated' | 'real'; model: string }[]
  /** Fewest requests, none failed, with which a success rate can be claimed. */
  leastSample: (success: number) => number
}

/**
 * Says in plain prose what a drill will do, to what, for how long, how it is undone, when it aborts, what it costs and
 * what its sample can prove. Pure; at most 80 columns wide.
 */
export function explain(drill: Drill, planned: readonly PlannedPhase[], setup: ExplainSetup): string {
  const sample = samplePlan(planned, {
    perSecond: setup.perSecond,
    success: drill.objectives.success,
    leastSample: setup.leastSample,
  })
  return [
    paragraph(`${drill.title} (${drill.name}, ${formatDuration(lengthOf(planned))})`),
    paragraph(`You expect: ${drill.hypothesis}`),
    section('What it sends, and to what', explainLoad(drill, setup)),
    section(
      'Minute by minute',
      planned
        .map(({ startMs, name, plannedMs }) => `  ${tPlus(startMs)}  ${name}, ${formatDuration(plannedMs)}`)
        .join('\n'),
    ),
    section('What is broken', explainFaults(drill, planned)),
    section('What is promised', explainPromises(drill)),
    section('How it is undone', explainUndo(setup)),
    section('When nothing is broken at all', explainGate(drill)),
    section('When it stops by itself', explainAborts(drill)),
    ...(drill.answers === undefined
      ? []
      : [section('Who answers when nobody is there', explainAnswers(drill.answers, planned))]),
    section('What it costs', explainCost(drill, planned, setup)),
    section('What its sample can prove', explainSample(drill, sample)),
  ].join('\n\n')
}

const section = (title: string, body: string) => `${title}\n${body}`
const lengthOf = (planned: readonly PlannedPhase[]) =>
  planned.reduce((sum, { plannedMs }) => sum + plannedMs, 0)
const percentOf = (ratio: number) => `${Number((ratio * 100).toFixed(3))}%`
const count = (n: number) => n.toLocaleString('en-US', { maximumFractionDigits: 1 })
const many = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`
/** Requests a second of the control lane. */
const controlRate = (perSecond: number, { controlShare }: Drill['load']) =>
  Math.min(1, perSecond * controlShare)

function explainLoad({ load }: Drill, { perSecond, router, toxiproxy, providers }: ExplainSetup): string {
  const control = controlRate(perSecond, load)
  const named = providers
    .map(({ role, name, kind, model }) => `${role} ${name} (${kind}, ${model})`)
    .join(', ')
  return paragraph(
    `${many(perSecond, 'request')} a second, ${load.arrivals === 'poisson' ? 'at random as from many users' : 'evenly spaced'}, ${percentOf(load.streams)} of them streams, each given ${formatDuration(load.timeout)}. They go through ${router.kind === 'embedded' ? 'the embedded router' : `your router at ${router.url ?? 'its address'}`}, ${toxiproxy.kind === 'embedded' ? 'the embedded Toxiproxy' : `the Toxiproxy at ${toxiproxy.url ?? 'its address'}`} and a gate to the providers: ${named}. Besides, ${count(Number(control.toFixed(2)))} a second go straight to the primary, past the router and outside all objectives: they show that a fault stays in force, and what it would have been without the router.`,
  )
}

function explainPromises({
  objectives: { success, p95, cost, window, requests },
  targets,
  claim,
}: Drill): string {
  return paragraph(
    `In every outage: ${percentOf(success)} of requests succeed, p95 under ${formatDuration(p95)} with failures counted as infinite, a successful request costs under $${cost} on average. Stable by the other provider within ${formatDuration(targets.failover)}, home again within ${formatDuration(targets.failback)}, at most ${formatDuration(targets.tax)} more a request in between. The error budget is ${count(Number(((1 - success) * requests).toFixed(6)))} of ${count(requests)} requests in ${formatDuration(window)}.${claim === 'behaviour' ? ' This drill claims the behaviour only, not the objectives: too few requests to prove one do not fail it.' : ''}`,
  )
}

function explainUndo({ toxiproxy }: ExplainSetup): string {
  const killed =
    toxiproxy.kind === 'embedded'
      ? 'Everything that is changed lives in this process and dies with it.'
      : 'If gameday itself is killed or stands still, its watchdog undoes the change on your Toxiproxy within seconds; after a power cut, `gameday recover` does.'
  return paragraph(
    `How to undo a change is on disk before the change is made. It is undone at the end of its phase, on Ctrl-C, on TERM and whenever the drill stops early, and then proven gone: the state is read back and a real request is answered. ${killed}`,
  )
}

function explainGate({ steadyState, objectives }: Drill): string {
  return paragraph(
    `Unless in the baseline at least ${percentOf(steadyState.success)} of requests succeed, p95 is at most ${formatDuration(steadyState.p95 ?? objectives.p95)}, at least ${percentOf(steadyState.primaryShare)} of the marked requests are seen at the gate of the primary, and the secondary answers one direct question of each class, the drill ends as not-ready.`,
  )
}

function explainAborts({ abort }: Drill): string {
  const rules = abort.map((rule) => bullet('-', `${explainAbort(rule)}.`))
  return [...rules, bullet('-', 'Whenever a person says so: Ctrl-C restores first.')].join('\n')
}

function explainAbort(rule: AbortRule): string {
  switch (rule.when) {
    case 'success-below':
      return `Fewer than ${percentOf(rule.floor)} of requests succeed for ${formatDuration(rule.for)}`
    case 'p95-above':
      return `p95 is above ${formatDuration(rule.limit)} for ${formatDuration(rule.for)}`
    case 'budget-share-over':
      return `An outage like this would spend over ${percentOf(rule.share)} of the error budget with the real traffic`
    case 'burn-rate-over':
      return `The error budget burns over ${count(rule.factor)} times too fast for ${formatDuration(rule.for)}`
    case 'lost-toxiproxy':
      return `Toxiproxy does not answer for ${formatDuration(rule.for)}`
  }
}

function explainCost(
  { load, traffic }: Drill,
  planned: readonly PlannedPhase[],
  { perSecond, providers }: ExplainSetup,
): string {
  const real = providers.filter(({ kind }) => kind === 'real').map(({ name }) => name)
  const budget = traffic.countsAgainstBudget
    ? 'Its failures are real users’ and count against the error budget.'
    : 'Of the error budget nothing: the load is synthetic.'
  if (real.length === 0) return paragraph(`No money: both providers are simulated. ${budget}`)
  const requests = Math.round((loadMs(planned) / 1000) * (perSecond + controlRate(perSecond, load)))
  const who =
    real.length === 1
      ? `${real.join()} is real: it is asked and costs money`
      : `${real.join(' and ')} are real: they are asked and cost money`
  return paragraph(
    `${who}. The drill sends about ${many(requests, 'request')} in all, those of the control lane included; the router may try some of them again. This version does not estimate the bill. The run wants --max-cost, and stops and restores when it is reached. ${budget}`,
  )
}

/** For how long there is load, in milliseconds: from the baseline to the end of the last restore. */
function loadMs(planned: readonly PlannedPhase[]): number {
  const first = planned.find(({ kind }) => kind === 'baseline')
  const last = planned.findLast(({ kind }) => kind === 'restore')
  return first === undefined || last === undefined ? 0 : last.startMs + last.plannedMs - first.startMs
}

function watched(restoreMs: number, failbackMs: number): string {
  if (restoreMs >= failbackMs) return ''
  return ` Its restore phase is watched for ${formatDuration(restoreMs)}, less than the ${formatDuration(failbackMs)} within which the system has to be home: if it is not home by then, the drill can only say that it does not know.`
}

function explainSample(
  { objectives: { success }, targets, claim }: Drill,
  outages: readonly OutageSample[],
): string {
  const lines = outages.map(({ fault, requests, needed, enough, rateNeeded, leastMs, restoreMs }) => {
    const verdict = enough ? 'enough' : `too few: ${count(Math.ceil(rateNeeded * 10) / 10)} a second would do`
    return bullet(
      `${fault + 1}.`,
      `At least ${formatDuration(leastMs)} of outage, ${many(requests, 'request')}. To claim ${percentOf(success)} with none failed it takes ${count(needed)}: ${verdict}.${watched(restoreMs, targets.failback)}`,
    )
  })
  const dependent = paragraph(
    'Requests in one outage are not independent of each other: the numbers hold for this outage and are no forecast of the next.',
  )
  const unclaimed =
    claim === 'behaviour' && outages.some(({ enough }) => !enough)
      ? [paragraph('The report will say that the SLO is not claimed.')]
      : []
  return [...lines, ...unclaimed, dependent].join('\n')
}
