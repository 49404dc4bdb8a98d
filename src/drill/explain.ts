import { formatDuration, tPlus } from '../base/index.ts'
import type { PlannedPhase } from './agenda.ts'
import { controlRate } from './bill.ts'
import { count, many } from './counted.ts'
import type { Drill } from './drill.ts'
import { explainAnswers } from './explain-answers.ts'
import { billInWords, billOf, explainCost, usdInWords } from './explain-cost.ts'
import { explainFaults } from './explain-faults.ts'
import type { ExplainSetup } from './explain-setup.ts'
import { leastRate } from './rehearsal.ts'
import { rateForStretch, samplePlan, type OutageSample, type SampleQuestion } from './sample-plan.ts'
import type { AbortRule } from './schema.ts'
import { setAsideInWords } from './set-aside.ts'
import { tenantsStruck } from './tenants.ts'
import { bullet, paragraph } from './wrap.ts'

/**
 * Says in plain prose what a drill will do, to what, for how long, how it is undone, when it aborts, what it costs and
 * what its sample can prove. Pure; at most 80 columns wide.
 */
export function explain(drill: Drill, planned: readonly PlannedPhase[], setup: ExplainSetup): string {
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
    section('How it is undone', explainUndo(drill, setup)),
    section('When nothing is broken at all', explainGate(drill, setup)),
    section('When it stops by itself', explainAborts(drill, setup)),
    ...(drill.answers === undefined
      ? []
      : [section('Who answers when nobody is there', explainAnswers(drill.answers, planned))]),
    section('What it costs', explainCost(drill, planned, setup)),
    section('What its sample can prove', explainSample(drill, planned, setup)),
  ].join('\n\n')
}

const section = (title: string, body: string) => `${title}\n${body}`
const lengthOf = (planned: readonly PlannedPhase[]) =>
  planned.reduce((sum, { plannedMs }) => sum + plannedMs, 0)
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
const percentOf = (ratio: number) => `${Number((ratio * 100).toFixed(3))}%`

function explainLoad(
  drill: Drill,
  { perSecond, streams, router, setAside = [], toxiproxy, stage = null, providers }: ExplainSetup,
): string {
  const { load } = drill
  const control = controlRate(perSecond, load)
  const watched = tenantsStruck(drill)
  const named = providers
    .map(({ role, name, kind, model }) => `${role} ${name} (${kind}, ${model})`)
    .join(', ')
  const aside = setAside.length === 0 ? '' : ` ${sentence(setAsideInWords(setAside))}.`
  const way = [
    router.kind === 'embedded' ? 'the embedded router' : `your router at ${router.url ?? 'its address'}`,
    ...(stage === null
      ? [
          toxiproxy.kind === 'embedded'
            ? 'the embedded Toxiproxy'
            : `the Toxiproxy at ${toxiproxy.url ?? 'its address'}`,
          'a gate',
        ]
      : [`the stage at ${stage}`]),
  ]
  return paragraph(
    `${many(perSecond, 'request')} a second, ${load.arrivals === 'poisson' ? 'at random as from many users' : 'evenly spaced'}, ${percentOf(streams)} of them streams, each given ${formatDuration(load.timeout)}. They go through ${way.slice(0, -1).join(', ')} and ${way.at(-1) ?? ''} to the providers: ${named}.${aside} Besides, ${count(Number(control.toFixed(2)))} a second go straight to the primary, past the router and outside all objectives: they show that a fault stays in force, and what it would have been without the router.${watched.length === 0 ? '' : ` About every other one is of ${watched.join(' or ')}, whom a fault is held to.`}`,
  )
}

const UNCLAIMED: Record<Drill['claim'], string> = {
  slo: '',
  behaviour:
    ' This drill claims the behaviour only, not the objectives: too few requests to prove one do not fail it.',
  recovery: ' This drill claims the recovery only: the objectives are shown, and none of them decides.',
}

function explainPromises({
  objectives: { success, p95, cost, window, requests },
  targets,
  claim,
  alerts,
}: Drill): string {
  return paragraph(
    `In every outage: ${percentOf(success)} of requests succeed, p95 under ${formatDuration(p95)} with failures counted as infinite, a successful request costs under $${cost} on average. Stable by the other provider within ${formatDuration(targets.failover)}, home again within ${formatDuration(targets.failback)}, at most ${formatDuration(targets.tax)} more a request in between. The error budget is ${count(Number(((1 - success) * requests).toFixed(6)))} of ${count(requests)} requests in ${formatDuration(window)}.${UNCLAIMED[claim]}${alerts === undefined ? '' : explainAlerts(alerts.expected)}`,
  )
}

function explainAlerts(expected: readonly string[]): string {
  return expected.length === 0
    ? ' No alert may fire.'
    : ` The alert on ${expected.join(', ')} has to fire and no other one may: what it watches is missed on purpose.`
}

function explainUndo({ agenda }: Drill, { toxiproxy, stage = null, people }: ExplainSetup): string {
  const byHand = agenda.some((phase) => phase.phase === 'break' && phase.fault.kind === 'by-hand')
    ? ' What a hand revokes at a real vendor nothing but a hand restores: the drill waits for it until the cap and then exits with 6, and `gameday recover` proves later that the key works again.'
    : ''
  const killed =
    stage !== null
      ? 'If gameday itself is killed or stands still, its watchdog takes the change off the stage within seconds, and the stage goes on; after a power cut, `gameday recover` does.'
      : toxiproxy.kind === 'embedded'
        ? 'Everything that is changed lives in this process and dies with it.'
        : 'If gameday itself is killed or stands still, its watchdog undoes the change on your Toxiproxy within seconds; after a power cut, `gameday recover` does.'
  return paragraph(
    `How to undo a change is on disk before the change is made. It is undone at the end of its phase, on ${people ? '`!`, on ' : ''}Ctrl-C, on TERM and whenever the drill stops early, and then proven gone: the state is read back and a real request is answered. ${killed}${byHand}`,
  )
}

function explainGate(
  { steadyState, objectives }: Drill,
  { leftToPrimary, stage = null }: ExplainSetup,
): string {
  const share = percentOf(steadyState.primaryShare)
  const seen =
    leftToPrimary === 1
      ? `at least ${share} of the marked requests`
      : `at least ${share} of those marked requests that pins and canary leave to the primary (${percentOf(leftToPrimary)} of all)`
  const path =
    stage === null
      ? ''
      : 'Unless a few marked questions beforehand find the stage whole, both providers answering, and the router a way through it that leaves the marker, the answers and the streams as they are, the drill ends as not-ready. '
  return paragraph(
    `${path}Unless in the baseline at least ${percentOf(steadyState.success)} of requests succeed, p95 is at most ${formatDuration(steadyState.p95 ?? objectives.p95)}, ${seen} are seen at the gate of the primary, and the secondary answers one direct question of each class, the drill ends as not-ready.`,
  )
}

function explainAborts({ abort }: Drill, { people, router, stage = null }: ExplainSetup): string {
  const rules = abort.map((rule) => bullet('-', `${explainAbort(rule)}.`))
  return [
    ...rules,
    bullet('-', 'A provider fails by itself, in a way that no fault of this drill has made.'),
    ...(stage === null ? [] : [bullet('-', 'The stage is gone.')]),
    ...(router.kind === 'embedded'
      ? []
      : [bullet('-', 'While the primary is broken, most answers come from somewhere that no gate sees.')]),
    bullet('-', `Whenever a person says so: ${people ? '`!` or ' : ''}Ctrl-C restores first.`),
  ].join('\n')
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

function watched(restoreMs: number, failbackMs: number): string {
  if (restoreMs >= failbackMs) return ''
  return ` Its restore phase is watched for ${formatDuration(restoreMs)}, less than the ${formatDuration(failbackMs)} within which the system has to be home: if it is not home by then, the drill can only say that it does not know.`
}

/** Too few to see service become stable, whatever is claimed: the drill could only say that it does not know. */
function unseen(rate: number, { perSecond, stretch }: ExplainSetup): string {
  if (rate <= perSecond) return ''
  return ` TOO FEW to see failover and coming home: service counts as stable when ${stretch} requests in a row are good. ${count(Math.ceil(rate * 10) / 10)} a second would do.`
}

function explainSample(drill: Drill, planned: readonly PlannedPhase[], setup: ExplainSetup): string {
  const { people, perSecond, leastSample, stretch, tenants } = setup
  const {
    objectives: { success },
    targets,
    claim,
  } = drill
  // Whom a hidden fault is held to is hidden too.
  const known = drill.blind === undefined ? tenants : []
  const question = { perSecond, success, leastSample, people, tenants: known }
  const outages = samplePlan(planned, question)
  const isClaimed = claim === 'slo'
  const lines = outages.map((outage) => {
    const { fault, requests, needed, enough, rateNeeded, leastMs, restoreMs } = outage
    const verdict = enough ? 'enough' : tooFew(rateNeeded, isClaimed)
    return bullet(
      `${fault + 1}.`,
      `At least ${formatDuration(leastMs)} of outage, ${many(requests, 'request')}${byTenant(outage)}. To claim ${percentOf(success)} with none failed it takes ${count(needed)}${outage.tenants.length > 1 ? ' of each' : ''}: ${verdict}.${watched(restoreMs, targets.failback)}${unseen(rateForStretch({ leastMs, restoreMs }, stretch), setup)}`,
    )
  })
  const dependent = paragraph(
    'Requests in one outage are not independent of each other: the numbers hold for this outage and are no forecast of the next.',
  )
  const small = outages.some(({ enough }) => !enough)
  const unclaimed = small && !isClaimed ? [paragraph('The report will say that the SLO is not claimed.')] : []
  const advice = small && isClaimed ? [paragraph(moreOrLess(drill, planned, setup, question))] : []
  const late = people
    ? [
        paragraph(
          'What people may arm a break late is taken off its length: a tenth of it, and never more than 20s.',
        ),
      ]
    : []
  return [...lines, ...advice, ...late, ...unclaimed, dependent].join('\n')
}

/** Where the fault is held to one tenant, each is judged by its own requests. */
function byTenant({ tenants }: OutageSample): string {
  if (tenants.length < 2) return ''
  return `, judged by tenant: ${tenants.map(({ tenant, requests }) => `${tenant} ${count(requests)}`).join(', ')}`
}

/** Stands out where the promise is claimed: then the rate to use is said below all outages. */
const tooFew = (rateNeeded: number, isClaimed: boolean) =>
  isClaimed ? 'TOO FEW' : `too few: ${count(Math.ceil(rateNeeded * 10) / 10)} a second would do`

/** The two ways out of a sample that is too small, with what the dearer one costs. */
function moreOrLess(
  drill: Drill,
  planned: readonly PlannedPhase[],
  setup: ExplainSetup,
  question: SampleQuestion,
): string {
  const perSecond = leastRate(drill, planned, question)
  const isBilled = billInWords(drill, planned, setup) !== null
  const cost = isBilled ? ` and costs ${usdInWords(billOf(drill, planned, { ...setup, perSecond }))}` : ''
  return `TOO FEW REQUESTS to claim the promise. Run it with --rate ${perSecond}/s, which allows for chance${cost}; lengthen the phase; or write claim: behaviour, which claims the failover and not the promise.`
}
