import type { Lane, ProviderRole } from '../../src/base/index.ts'
import type {
  Attempt,
  EventOf,
  JournalEntry,
  JournalEventType,
  Records,
  Result,
  Sample,
} from '../../src/record/index.ts'

/**
 * A second opinion on `result.json`: the numbers of a run computed again from its records, by brute force, straight
 * from the definitions in docs/numbers.md. It shares nothing with src/ but types, so that a mistake there is not
 * repeated here. Slow where that is simpler.
 */

type Entry<T extends JournalEventType> = JournalEntry<EventOf<T>>
type Span = [fromMs: number, toMs: number]

/** A request that was sent. Who served it and what it cost is joined here anew. */
interface Request {
  id: string
  tenant: string
  intended: number
  started: number
  end: number
  ok: boolean
  slow: boolean
  /** Infinite for a failure. */
  response: number
  class: string
  server: ProviderRole | 'cache' | null
  serving: Attempt | null
  costs: (number | null)[]
}

const IN_A_ROW = 100
const MORE_ASTRAY_AT_HOME = 0.05

/** Computes the numbers of the result from the records of a run. What is not a number is left out. */
export function recompute(records: Records): Record<string, unknown> {
  const { journal, samples } = records
  const of = <T extends JournalEventType>(type: T) =>
    journal.filter((entry): entry is Entry<T> => entry.type === type)
  const started = of('run.started')[0]
  if (started === undefined) throw new Error('the journal has no beginning')
  const requests = requestsOf(records, 'main', started.objectives.p95Ms)
  const controls = requestsOf(records, 'control', started.objectives.p95Ms)
  const phases = phasesOf(records, of)
  const firstFault = Math.min(...of('fault.requested').map(({ atMs }) => atMs), Infinity)
  const steady = phases.find(({ kind, from }) => kind === 'baseline' && from < firstFault)
  const baseline =
    steady === undefined ? [] : requests.filter(within([steady.from, Math.min(steady.to, firstFault)]))

  const named = [...of('fault.requested'), ...of('fault.skipped')].map(({ fault }) => fault)
  const faults = [...new Set(named)]
    .sort((a, b) => a - b)
    .map((fault) => faultOf(fault, { records, of, started, requests, controls, phases, baseline }))
  const outages = faults.flatMap(({ outage }) => (outage === null ? [] : [outage]))
  const main = samples.filter(({ lane }) => lane === 'main')
  return {
    load: {
      offered: main.length,
      sent: requests.length,
      dropped: main.length - requests.length,
      unmatched: requests.filter(({ ok, server }) => ok && server === null).length,
    },
    objectives:
      outages.length === 0
        ? []
        : observe(requests.filter((one) => outages.some((outage) => suffers(one, outage)))),
    phases: phases.map(({ name, kind, from, to }, index) => {
      const own = requests.filter(
        ({ intended }) =>
          (intended >= from || index === 0) && intended < (phases[index + 1]?.from ?? Infinity),
      )
      const successes = own.filter(({ ok }) => ok)
      const failures: Record<string, number> = {}
      for (const one of own) if (!one.ok) failures[one.class] = (failures[one.class] ?? 0) + 1
      const servedBy = Object.fromEntries(
        (['primary', 'secondary', 'cache'] as const).map((who) => [
          who,
          successes.filter(({ server }) => server === who).length,
        ]),
      )
      return {
        name,
        kind,
        startMs: from,
        endMs: to,
        requests: own.length,
        ok: successes.length,
        failed: own.length - successes.length,
        failures,
        servedBy,
        successRate: own.length === 0 ? null : successes.length / own.length,
        p95Ms: p95(own.map(({ response }) => response)),
        p95OkMs: p95(successes.map(({ response }) => response)),
        costUsd: averageCost(own),
      }
    }),
    faults: faults.map(({ numbers }) => numbers),
  }
}

interface Context {
  records: Records
  of: <T extends JournalEventType>(type: T) => Entry<T>[]
  started: Entry<'run.started'>
  requests: Request[]
  controls: Request[]
  phases: { name: string; kind: string; index: number; from: number; to: number }[]
  baseline: Request[]
}

interface Measured {
  numbers: Record<string, unknown>
  outage: Span | null
}

/**
 * Measures a fault without the requests that a later one struck on their way: those are of the later outage. Unless
 * service did not come home without them either; then the outage holds all that was meant in it.
 */
function faultOf(fault: number, context: Context): Measured {
  const beside = besideOf(fault, context)
  const later = context.of('fault.in-force').filter((entry) => entry.fault > fault && entry.fault !== beside)
  const isSpared = ({ started, end }: Request) =>
    !later.some(({ atMs, uncertaintyMs }) => started < atMs && end > atMs - uncertaintyMs)
  const spared = measure(fault, {
    ...context,
    requests: context.requests.filter(isSpared),
    controls: context.controls.filter(isSpared),
  })
  const measured = spared.numbers['failbackMs'] === null ? measure(fault, context) : spared
  const requested = context.of('fault.requested').find((entry) => entry.fault === fault)
  return beside !== null && requested?.target === 'secondary' ? withoutOutage(measured) : measured
}

/** The other fault of the same phase; null if it has none. */
function besideOf(fault: number, { of }: Context): number | null {
  const requests = of('fault.requested')
  const phase = requests.find((entry) => entry.fault === fault)?.phase
  return requests.find((entry) => entry.phase === phase && entry.fault !== fault)?.fault ?? null
}

/** Two faults of one phase make one outage, the primary's. The other one's keeps its verbs and what its gate saw of it. */
function withoutOutage({ numbers }: Measured): Measured {
  const { tripMs, probes, inFlight, detectMs, detectSource, uncertaintyMs } = numbers
  const { requestedMs, inForceMs, revertedMs, goneMs } = numbers
  const seen = detectSource === 'attempt'
  return {
    numbers: {
      ...NEVER_IN_FORCE,
      requestedMs,
      inForceMs,
      revertedMs,
      goneMs,
      uncertaintyMs,
      tripMs,
      probes,
      inFlight,
      detectMs: seen ? detectMs : null,
      detectSource: seen ? detectSource : null,
      withoutRouter: { requests: 0, ok: 0, p95Ms: null },
    },
    outage: null,
  }
}

function measure(fault: number, context: Context): Measured {
  const { records, of, started, phases } = context
  const requested = of('fault.requested').find((entry) => entry.fault === fault)
  // Of a fault that is held to one tenant the clocks are that tenant's, and the failures everybody's.
  const { tenant } = requested?.parameters ?? {}
  const isTheirs = (one: Request) => tenant === undefined || one.tenant === tenant
  const requests = context.requests.filter(isTheirs)
  const baseline = context.baseline.filter(isTheirs)
  const controls = context.controls.filter(isTheirs)
  const theirIds = new Set(requests.map(({ id }) => id))
  const attempts = records.attempts.filter(
    ({ requestId }) => tenant === undefined || theirIds.has(requestId ?? ''),
  )
  const force = of('fault.in-force').find((entry) => entry.fault === fault)
  const reverting = of('fault.reverting').find((entry) => entry.fault === fault)
  const reverted = of('fault.reverted').find((entry) => entry.fault === fault)
  const gone = of('fault.gone').findLast((entry) => entry.fault === fault)
  const verbs = {
    requestedMs: requested?.atMs ?? null,
    inForceMs: force?.atMs ?? null,
    revertedMs: reverted?.atMs ?? null,
    goneMs: gone?.atMs ?? null,
  }
  if (requested === undefined || force === undefined)
    return { numbers: { ...verbs, ...NEVER_IN_FORCE }, outage: null }

  const { target, network, whole } = requested
  const other = target === 'primary' ? 'secondary' : 'primary'
  const t0 = force.atMs
  const earliest = t0 - force.uncertaintyMs
  const broke = phases.find(({ index }) => index === requested.phase)
  const next = phases.find(({ index }) => index === requested.phase + 1)
  const planned = next?.kind === 'restore' ? next.to : (broke?.to ?? lastMoment(records))
  const endOfRestore = Math.max(planned, reverted?.atMs ?? 0, gone?.atMs ?? 0)
  const until = reverted?.atMs ?? endOfRestore
  const undoing = reverting?.atMs ?? until
  const mainAttempts = attempts.filter(({ lane }) => lane === 'main')
  const sentAfter = new Set(requests.filter(({ started }) => started >= earliest).map(({ id }) => id))

  // Detect: the earliest of three kinds of signs; requests in flight give none.
  const signs: [atMs: number, source: string][] = []
  for (const { requestId, provider, startMs, endMs, failure, hungUp } of mainAttempts) {
    if (!sentAfter.has(requestId ?? '') || startMs < earliest) continue
    if (provider === target && (failure !== null || hungUp) && endMs !== null) signs.push([endMs, 'attempt'])
    if (provider === other && network) signs.push([startMs, 'arrival-elsewhere'])
  }
  for (const { id, ok, end } of requests) if (!ok && sentAfter.has(id)) signs.push([end, 'client-failure'])
  const detected = signs.filter(([atMs]) => atMs <= until).sort((a, b) => a[0] - b[0])[0]

  // Trip, where the router tells of its circuit.
  const tells = started.environment.router.kind === 'embedded'
  const opened = of('router.circuit').filter(
    ({ provider, state, atMs }) =>
      provider === target && state === 'open' && atMs >= earliest && atMs <= until,
  )
  const tripped = tells ? least(opened.map(({ atMs }) => atMs)) : null

  // Switch, and the stable stretch from the request that set it on.
  // Where both providers are out the cache may stand in for them; where the router is, whoever answers.
  const hasBeside = besideOf(fault, context) !== null
  const standsIn = ({ server, ok }: Request) =>
    ok && (target === 'router' || server === other || (hasBeside && server === 'cache'))
  const elsewhere = requests.filter(
    (request) => standsIn(request) && request.intended >= t0 && request.end <= until,
  )
  const setter = elsewhere.sort((a, b) => a.end - b.end)[0] ?? null
  const away =
    setter === null
      ? []
      : requests
          .slice(requests.indexOf(setter))
          // What was under way when a router was started again was cut by that.
          .filter(({ intended, end }) => intended < until && (target !== 'router' || end < undoing))
  const isAstray = ({ server, end }: Request) => whole && server === target && end < undoing
  const stableFrom = goodFrom(away, (hundred) => isSteady(hundred) && !hundred.some(isAstray))
  const stable = stableFrom === null ? [] : away.slice(stableFrom)

  // The same going home, where some may go astray as they did in the baseline.
  const known = baseline.filter(({ server }) => server === 'primary' || server === 'secondary')
  const astrayBefore =
    known.length === 0 ? 0 : known.filter(({ server }) => server === other).length / known.length
  // What is drawn for the other one varies: of a hundred draws, four standard deviations.
  const spread = (4 * Math.sqrt(IN_A_ROW * astrayBefore * (1 - astrayBefore))) / IN_A_ROW
  // All of them are never a matter of chance.
  const byChance = Math.min(spread, (IN_A_ROW - 1) / IN_A_ROW - astrayBefore)
  const mayAstray = astrayBefore + Math.max(MORE_ASTRAY_AT_HOME, byChance)
  const astrayOf = (hundred: Request[]) =>
    hundred.filter(({ server }) => server === other).length / hundred.length
  const home = reverted === undefined ? [] : requests.filter(within([reverted.atMs, endOfRestore]))
  const homeFrom = goodFrom(home, (hundred) => isSteady(hundred) && astrayOf(hundred) <= mayAstray + 1e-9)
  // A secondary that serves next to nothing on a good day need not serve the first request.
  const needsNoHome = mayAstray >= 1 - 1e-9
  const back =
    homeFrom === null
      ? undefined
      : home.find(
          ({ server }, index) =>
            index >= homeFrom && index <= home.length - IN_A_ROW && (needsNoHome || server === target),
        )
  const failbackMs = reverted === undefined || back === undefined ? null : back.intended - reverted.atMs

  const isOver = gone !== undefined && reverted !== undefined && failbackMs !== null
  const outageEnd = isOver ? Math.max(gone.atMs, reverted.atMs + failbackMs) : endOfRestore
  const population = context.requests.filter((one) => suffers(one, [earliest, outageEnd]))
  const ends = population.filter(({ ok, end }) => !ok && Number.isFinite(end)).map(({ end }) => end)
  const lane = controls.filter(within([t0, until]))

  const leftAt = !tells && whole ? (setter?.end ?? null) : tripped
  const serving = (setter === null ? [] : requests.slice(requests.indexOf(setter)))
    .filter(({ server, end }) => (server === 'primary' || server === 'secondary') && end < undoing)
    .map(({ server }) => server)
  const numbers = {
    ...verbs,
    uncertaintyMs: force.uncertaintyMs,
    outageEndMs: outageEnd,
    objectives: observe(population),
    tenants: byTenant(population, context, [t0, until], tenant),
    withoutRouter: {
      requests: lane.length,
      ok: lane.filter(({ ok }) => ok).length,
      p95Ms: p95(lane.map(({ response }) => response)),
    },
    // What happened within the uncertainty happened at t0.
    detectMs: detected === undefined ? null : Math.max(0, detected[0] - t0),
    detectSource: detected?.[1] ?? null,
    tripMs: tripped === null ? null : Math.max(0, tripped - t0),
    switchMs: setter === null ? null : setter.end - t0,
    stableMs: stable[0] === undefined ? null : stable[0].intended - t0,
    lastFailureMs: ends.length === 0 ? null : Math.max(0, Math.max(...ends) - t0),
    blipMs: ends.length === 0 ? 0 : Math.max(...ends) - Math.min(...ends),
    failbackMs,
    failedRequests: population.filter(({ ok }) => !ok).length,
    slowRequests: population.filter(({ ok, slow }) => ok && slow).length,
    taxMs: tax(stable, baseline),
    probes:
      leftAt === null
        ? 0
        : mainAttempts.filter(
            ({ provider, startMs }) => provider === target && startMs > leftAt && startMs < until,
          ).length,
    flaps: serving.filter((server, index) => index > 0 && server !== serving[index - 1]).length,
    inFlight: requests.filter(({ started, end }) => started < t0 && end > t0).length,
  }
  return { numbers, outage: [earliest, outageEnd] }
}

const NEVER_IN_FORCE = {
  tenants: undefined,
  uncertaintyMs: null,
  outageEndMs: null,
  objectives: [],
  detectMs: null,
  detectSource: null,
  tripMs: null,
  switchMs: null,
  stableMs: null,
  lastFailureMs: null,
  failbackMs: null,
  blipMs: null,
  failedRequests: 0,
  slowRequests: 0,
  taxMs: null,
  probes: 0,
  flaps: 0,
  inFlight: 0,
}

/** What each tenant met, whom the fault was held to first, then who lost most; nothing where there is one alone. */
function byTenant(population: Request[], { requests, controls }: Context, force: Span, held: unknown) {
  const names = [...new Set(requests.map(({ tenant }) => tenant))].sort()
  if (names.length < 2) return undefined
  const rows = names.map((tenant) => {
    const own = population.filter((one) => one.tenant === tenant)
    const under = own.filter(within(force)).filter(({ ok }) => ok)
    const lane = controls.filter(within(force)).filter((one) => one.tenant === tenant)
    const failedRequests = own.filter(({ ok }) => !ok).length
    const numbers = {
      tenant,
      struck: held === undefined || held === tenant,
      failedRequests,
      objectives: observe(own),
      servedBy: Object.fromEntries(
        (['primary', 'secondary', 'cache'] as const).map((who) => [
          who,
          under.filter(({ server }) => server === who).length,
        ]),
      ),
      withoutRouter: {
        requests: lane.length,
        ok: lane.filter(({ ok }) => ok).length,
        p95Ms: p95(lane.map(({ response }) => response)),
      },
    }
    return { numbers, lost: own.length === 0 ? 0 : failedRequests / own.length }
  })
  return rows
    .sort((a, b) => Number(b.numbers.struck) - Number(a.numbers.struck) || b.lost - a.lost)
    .map(({ numbers }) => numbers)
}

function requestsOf({ samples, attempts }: Records, lane: Lane, p95Target: number): Request[] {
  const byRequest = groupByRequest(attempts)
  return samples
    .filter((sample) => sample.lane === lane && sample.outcome !== 'dropped')
    .sort((a, b) => a.intendedMs - b.intendedMs)
    .map((sample) => requestOf(sample, byRequest.get(sample.id) ?? [], attempts.length > 0, p95Target))
}

function groupByRequest(attempts: Attempt[]): Map<string | null, Attempt[]> {
  const groups = new Map<string | null, Attempt[]>()
  for (const attempt of attempts)
    groups.set(attempt.requestId, [...(groups.get(attempt.requestId) ?? []), attempt])
  return groups
}

function requestOf(sample: Sample, own: Attempt[], hasLedger: boolean, p95Target: number): Request {
  const ok = sample.outcome === 'ok'
  const end = sample.endMs ?? Infinity
  const response = ok ? end - sample.intendedMs : Infinity
  const serving = (ok ? own.find(({ tag }) => tag === sample.tag) : undefined) ?? null
  // An ok that nobody was asked for came out of the cache; without any ledger nothing is known.
  const unasked = ok && own.length === 0 && hasLedger ? 'cache' : null
  return {
    id: sample.id,
    tenant: sample.tenant,
    intended: sample.intendedMs,
    started: sample.startedMs ?? Infinity,
    end,
    ok,
    response,
    slow: !(response < p95Target),
    class: sample.class ?? sample.outcome,
    server: serving?.provider ?? unasked,
    serving,
    costs: own.map(({ costUsd }) => costUsd),
  }
}

function phasesOf(records: Records, of: Context['of']): Context['phases'] {
  const begun = of('phase.started')
  return begun.map(({ name, kind, index, atMs }, position) => {
    const ended = of('phase.ended').find((entry) => entry.index === index)
    return {
      name,
      kind,
      index,
      from: atMs,
      to: ended?.atMs ?? begun[position + 1]?.atMs ?? lastMoment(records),
    }
  })
}

/** The latest moment in the records; whoever cleaned up after a dead run is no part of it. */
function lastMoment({ journal, samples, attempts }: Records): number {
  const lived = journal.filter((entry) => !(entry.type === 'rollback.undone' && entry.by !== 'run'))
  const moments = [
    ...lived.map(({ atMs }) => atMs),
    ...samples.map(({ endMs, intendedMs }) => endMs ?? intendedMs),
    ...attempts.map(({ endMs, startMs }) => endMs ?? startMs),
  ]
  return moments.reduce((latest, ms) => Math.max(latest, ms), 0)
}

function within([from, to]: Span): (request: Request) => boolean {
  return ({ intended }) => intended >= from && intended < to
}

/** Whether a request belongs to an outage: meant before its end, and not over when it began. */
function suffers({ intended, end }: Request, [from, to]: Span): boolean {
  return intended < to && end > from
}

/** No failure, and p95 below its objective. */
function isSteady(hundred: Request[]): boolean {
  if (hundred.some(({ ok }) => !ok)) return false
  return [...hundred].sort((a, b) => a.response - b.response)[94]?.slow === false
}

/** The place from which on every hundred requests in a row are good; null if there is none. */
function goodFrom(requests: Request[], good: (hundred: Request[]) => boolean): number | null {
  const goods: boolean[] = []
  for (let at = 0; at + IN_A_ROW <= requests.length; at++) goods.push(good(requests.slice(at, at + IN_A_ROW)))
  const from = goods.lastIndexOf(false) + 1
  return from < goods.length ? from : null
}

function observe(requests: Request[]): Record<string, unknown>[] {
  const n = requests.length
  const successes = requests.filter(({ ok }) => ok).length
  return [
    { id: 'success', observed: n === 0 ? null : successes / n, n },
    { id: 'p95', observed: p95(requests.map(({ response }) => response)), n },
    { id: 'cost', observed: averageCost(requests), n: successes },
  ]
}

/** Nearest rank: of n values in order the one at place ceil(0.95 n). In hundredths, which a double holds exactly. */
function p95(values: number[]): number | 'inf' | null {
  const value = [...values].sort((a, b) => (a === b ? 0 : a - b))[Math.ceil((95 * values.length) / 100) - 1]
  return value === Infinity ? 'inf' : (value ?? null)
}

function averageCost(requests: Request[]): number | null {
  const successes = requests.filter(({ ok }) => ok).length
  let total = 0
  for (const cost of requests.flatMap(({ costs }) => costs)) {
    if (cost === null) return null
    total += cost
  }
  return successes === 0 ? null : total / successes
}

/** The median time that a success spent elsewhere than at the gate of its serving attempt, now less before. */
function tax(now: Request[], before: Request[]): number | null {
  const median = (requests: Request[]) => {
    const overheads = requests.flatMap(({ serving, started, end }) =>
      serving === null || serving.endMs === null ? [] : [end - started - (serving.endMs - serving.startMs)],
    )
    return overheads.sort((a, b) => a - b)[Math.ceil(overheads.length / 2) - 1]
  }
  const [away, home] = [median(now), median(before)]
  return away === undefined || home === undefined ? null : away - home
}

function least(values: number[]): number | null {
  return values.length === 0 ? null : Math.min(...values)
}

/**
 * Says where a result is not as expected: every number, text or null that is expected must be there, and lists must be
 * as long. Counts are compared exactly, times to 0.01 ms, ratios and dollars to a billionth.
 */
export function differences(expected: unknown, actual: unknown, path = 'result'): string[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) <= toleranceOf(path)
      ? []
      : [`${path} is ${actual}, expected ${expected}`]
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return [`${path} is not a list of ${expected.length}`]
    return expected.flatMap((item, index) =>
      differences(item, actual[index], `${path}[${nameOf(item) ?? index}]`),
    )
  }
  if (isRecord(expected)) {
    if (!isRecord(actual))
      return [`${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`]
    // A table of counts is expected to hold nothing else.
    const keys = /\.(failures|servedBy|notReached)$/.test(path)
      ? [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
      : Object.keys(expected)
    return keys.flatMap((key) => differences(expected[key], actual[key], `${path}.${key}`))
  }
  return expected === actual
    ? []
    : [`${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`]
}

/** Throws, naming every number that this second computation does not agree with. */
export function expectAgreement(records: Records, result: Result): void {
  const found = differences(recompute(records), result)
  if (found.length > 0) throw new Error(`the oracle disagrees:\n${found.join('\n')}`)
}

function toleranceOf(path: string): number {
  if (/Ms$|\[p95\]\.observed$|\.notReached\.\w+$/.test(path)) return 0.01
  return /Usd$|Rate$|\.observed$/.test(path) ? 1e-9 : 0
}

/** Objectives go by their id, all else by its place. */
function nameOf(item: unknown): string | null {
  return isRecord(item) && typeof item.id === 'string' ? item.id : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
