import { seededRandom, type FailureClass, type ProviderRole } from '../../src/base/index.ts'
import type {
  Attempt,
  EventOf,
  JournalEntry,
  JournalEvent,
  JournalEventType,
  Records,
  Sample,
} from '../../src/record/index.ts'

/**
 * Records of a Friday drill that never ran: a revoked key, then a slow primary, under a load that a good router
 * carries. Every number follows from the options, so that two calls give the same bytes and tests know the truth.
 */
export interface FridayOptions {
  seed?: number
  perSecond?: number
  /** Factor on every phase: 1 is two and a half minutes, 12 the full half hour. */
  scale?: number
  claim?: 'slo' | 'behaviour'
  attended?: boolean
  /** What is wrong with the router; nothing if left out. */
  router?: BadRouter
}

interface BadRouter {
  /** Which requests it does not take to the other provider when the primary refuses them. */
  neverFailsOver?: (request: { stream: boolean; tenant: string; n: number }) => boolean
  /** Tries the dead primary for every request. */
  noCircuit?: boolean
  /** Stays with the secondary for good. */
  neverFailsBack?: boolean
  /** How long it goes on waiting for the slow primary, in milliseconds. */
  tripSlowMs?: number
  /** Added to every request that is served while it is failed over. */
  taxMs?: number
}

const KEY_REVOKED: FailureClass = 'credential'
const START = Date.parse('2026-11-20T14:00:00.000Z')

/** Lengths of the phases in seconds at scale 1. */
const AGENDA = [
  { name: 'Brief', kind: 'brief', seconds: 2 },
  { name: 'Baseline', kind: 'baseline', seconds: 20 },
  { name: 'Go or no-go', kind: 'go-no-go', seconds: 2 },
  { name: 'Revoke the key', kind: 'break', seconds: 38 },
  { name: 'Restore the key', kind: 'restore', seconds: 18 },
  { name: 'Slow primary', kind: 'break', seconds: 38 },
  { name: 'Restore speed', kind: 'restore', seconds: 18 },
  { name: 'Debrief', kind: 'debrief', seconds: 12 },
  { name: 'Close', kind: 'close', seconds: 2 },
] as const

interface Outage {
  kind: 'revoke-key' | 'latency'
  inForceMs: number
  tripMs: number
  revertedMs: number
  homeMs: number
}

/** Makes the records of a drill that held, or of one whose router is bad in the ways named. */
export function fridayRecords(options: FridayOptions = {}): Records {
  const scale = options.scale ?? 1
  let at = 0
  const phases = AGENDA.map(({ name, kind, seconds }, index) => {
    const phase = { index, name, kind, startMs: at, endMs: at + seconds * scale * 1000 }
    at = phase.endMs
    return phase
  })
  const outages = phases
    .filter(({ kind }) => kind === 'break')
    .map(({ startMs, endMs }, number): Outage => {
      const slow = number === 1
      const inForceMs = startMs + 200
      return {
        kind: slow ? 'latency' : 'revoke-key',
        inForceMs,
        tripMs: inForceMs + (slow ? (options.router?.tripSlowMs ?? 800) : 20),
        revertedMs: endMs + 150,
        homeMs: options.router?.neverFailsBack === true ? Infinity : endMs + 4150,
      }
    })
  const { samples, attempts } = traffic(options, phases, outages)
  return { journal: journalOf(options, phases, outages, samples), samples, attempts }
}

function traffic(
  options: FridayOptions,
  phases: readonly { name: string; startMs: number }[],
  outages: readonly Outage[],
) {
  const { seed = 1, perSecond = 40, router = {} } = options
  const random = seededRandom(seed, 'records')
  const fromMs = phases[1]?.startMs ?? 0
  const untilMs = phases[7]?.startMs ?? 0
  const samples: Sample[] = []
  const attempts: Attempt[] = []
  const between = (least: number, most: number) => least + random() * (most - least)

  const attempt = (
    id: string,
    provider: ProviderRole,
    startMs: number,
    endMs: number,
    failure: FailureClass | null,
    hungUp = false,
  ) => {
    const tag = `${provider[0]}-${id}-${attempts.length}`
    attempts.push({
      requestId: id,
      runTag: 'tag',
      lane: id.startsWith('c') ? 'control' : 'main',
      tag,
      provider,
      key: 'gd-p…4f2a',
      model: 'gpt-4o-mini',
      startMs,
      firstByteMs: hungUp ? null : endMs,
      endMs,
      status: failure === KEY_REVOKED ? 401 : hungUp ? null : 200,
      failure,
      code: failure === KEY_REVOKED ? 'invalid_api_key' : null,
      fault: failure === KEY_REVOKED ? 'f0' : null,
      inputTokens: failure === null ? 40 : null,
      outputTokens: failure === null ? 20 : null,
      costUsd: failure === null ? 0.004 + 0.001 * random() : 0,
      hungUp,
    })
    return tag
  }

  const serve = (n: number, intendedMs: number) => {
    const id = `m${n}`
    const stream = random() < 0.6
    const tenant = n % 3 === 0 ? 'globex' : 'acme'
    const feature = n % 2 === 0 ? 'chat' : 'summary'
    const startedMs = intendedMs + between(0.1, 2)
    const outage = outages.find(({ inForceMs, homeMs }) => startedMs >= inForceMs && startedMs < homeMs)
    const faulty = outage !== undefined && startedMs < outage.revertedMs
    const away = outage !== undefined && startedMs >= outage.tripMs
    const probes = faulty && away && (n % (5 * perSecond) === 0 || router.noCircuit === true)
    const sample = (rest: Partial<Sample>): Sample => ({
      id,
      lane: 'main',
      phase: phaseAt(phases, intendedMs),
      tenant,
      feature,
      model: 'gpt-4o-mini',
      stream,
      intendedMs,
      startedMs,
      headersMs: null,
      firstTokenMs: null,
      endMs: null,
      outcome: 'ok',
      class: null,
      status: 200,
      tag: null,
      claimedBy: null,
      servedBy: null,
      attempts: 1,
      inputTokens: 40,
      outputTokens: 20,
      costUsd: 0,
      missingMarker: false,
      ...rest,
    })
    const ownAttempts = attempts.length
    let t = startedMs + 1
    if (faulty && (!away || probes)) {
      if (outage.kind === 'revoke-key') {
        attempt(id, 'primary', t, t + 4, KEY_REVOKED)
        t += 5
      } else {
        attempt(id, 'primary', t, t + 2000, 'timeout', true)
        t += 2000
      }
    }
    const refused =
      faulty && outage.kind === 'revoke-key' && router.neverFailsOver?.({ stream, tenant, n }) === true
    if (refused) {
      if (attempts.length === ownAttempts) attempt(id, 'primary', t, t + 4, KEY_REVOKED)
      samples.push(
        sample({
          headersMs: t + 5,
          endMs: t + 5,
          outcome: 'failed',
          class: KEY_REVOKED,
          status: 401,
          attempts: attempts.length - ownAttempts,
        }),
      )
      return
    }
    const by: ProviderRole = faulty || away ? 'secondary' : 'primary'
    const firstTokenMs =
      t + (away ? (router.taxMs ?? 0) : 0) + (by === 'primary' ? between(250, 500) : between(320, 600))
    const endMs = firstTokenMs + between(100, 400)
    const tag = attempt(id, by, t + (away ? (router.taxMs ?? 0) : 0), endMs - between(0.4, 1), null)
    const own = attempts.slice(ownAttempts)
    samples.push(
      sample({
        headersMs: firstTokenMs - 5,
        firstTokenMs,
        endMs,
        tag,
        claimedBy: by,
        servedBy: by,
        attempts: own.length,
        costUsd: own.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0),
      }),
    )
  }

  const control = (n: number, intendedMs: number) => {
    const id = `c${n}`
    const outage = outages.find(
      ({ inForceMs, revertedMs }) => intendedMs >= inForceMs && intendedMs < revertedMs,
    )
    const slow = outage?.kind === 'latency'
    const refused = outage?.kind === 'revoke-key'
    const endMs = intendedMs + (refused ? 5 : between(350, 900) + (slow ? 4000 : 0))
    const tag = attempt(id, 'primary', intendedMs + 1, endMs - 1, refused ? KEY_REVOKED : null)
    samples.push({
      id,
      lane: 'control',
      phase: phaseAt(phases, intendedMs),
      tenant: 'control',
      feature: 'control',
      model: 'gpt-4o-mini',
      stream: false,
      intendedMs,
      startedMs: intendedMs + 0.2,
      headersMs: endMs - 2,
      firstTokenMs: refused ? null : endMs - 1,
      endMs,
      outcome: refused ? 'failed' : 'ok',
      class: refused ? KEY_REVOKED : null,
      status: refused ? 401 : 200,
      tag,
      claimedBy: null,
      servedBy: refused ? null : 'primary',
      attempts: 1,
      inputTokens: 40,
      outputTokens: 20,
      costUsd: 0.004,
      missingMarker: false,
    })
  }

  for (let n = 1, ms = fromMs; ms < untilMs; n++, ms = fromMs + (n * 1000) / perSecond) serve(n, ms)
  for (let n = 1, ms = fromMs; ms < untilMs; n++, ms = fromMs + n * 1250) control(n, ms)
  return { samples: samples.map(asRecorded), attempts: attempts.map(asRecorded) }
}

/** Times as the recorder writes them: to the microsecond. */
function asRecorded<T extends Sample | Attempt>(record: T): T {
  const rounded = { ...record }
  for (const key of [
    'intendedMs',
    'startedMs',
    'headersMs',
    'firstTokenMs',
    'startMs',
    'firstByteMs',
    'endMs',
    'costUsd',
  ] as const) {
    if (key in rounded)
      Object.assign(rounded, { [key]: roundedTo(rounded[key as keyof T], key === 'costUsd' ? 1e7 : 1e3) })
  }
  return rounded
}

const roundedTo = (value: unknown, steps: number) =>
  typeof value === 'number' ? Math.round(value * steps) / steps : value

function phaseAt(phases: readonly { name: string; startMs: number }[], ms: number): string {
  return phases.findLast(({ startMs }) => startMs <= ms)?.name ?? ''
}

type Timed = [atMs: number, event: JournalEvent]

function journalOf(
  { seed = 1, perSecond = 40, claim = 'slo', attended = false, router = {} }: FridayOptions,
  phases: readonly {
    index: number
    name: string
    kind: (typeof AGENDA)[number]['kind']
    startMs: number
    endMs: number
  }[],
  outages: readonly Outage[],
  samples: readonly Sample[],
): JournalEntry[] {
  const events: Timed[] = [[0, started(seed, perSecond, claim, attended, phases)]]
  for (const { index, name, kind, startMs, endMs } of phases) {
    events.push([startMs, { type: 'phase.started', index, name, kind, plannedMs: endMs - startMs }])
    if (kind === 'brief')
      events.push([
        startMs + 1,
        {
          type: 'said',
          role: 'lead',
          text: 'We revoke the primary’s key, then slow it down. Anyone may stop the drill.',
        },
      ])
    if (kind === 'go-no-go') {
      events.push([
        startMs + 1,
        {
          type: 'check',
          check: 'steady state: success',
          passed: true,
          detail: '100 % of 800 requests succeeded, at least 99 % wanted',
        },
      ])
      events.push([
        startMs + 900,
        {
          type: 'gate.decided',
          gate: 'go/no-go',
          decision: 'go',
          by: attended ? 'person' : 'clock',
          who: attended ? 'Ada' : null,
          reason: 'every check passed',
        },
      ])
    }
    events.push([endMs, { type: 'phase.ended', index, name, kind }])
  }
  outages.forEach((outage, fault) => events.push(...faultEvents(outage, fault, router)))
  if (attended) {
    const t0 = outages[0]?.inForceMs ?? 0
    events.push([
      t0 + 9000,
      {
        type: 'note',
        note: 'n1',
        role: 'scribe',
        by: 'Grace',
        kind: 'symptom',
        text: 'no alert yet, dashboard still green',
        forMs: t0 + 8000,
      },
    ])
    events.push([
      t0 + 15_000,
      {
        type: 'note',
        note: 'n2',
        role: 'lead',
        by: 'Ada',
        kind: 'decision',
        text: 'we go on',
        forMs: t0 + 15_000,
      },
    ])
  }
  const sent = samples.filter(({ lane }) => lane === 'main').length
  const endMs = phases.at(-1)?.endMs ?? 0
  events.push([
    phases[7]?.startMs ?? 0,
    { type: 'load.summary', offered: sent, sent, dropped: 0, dispatchLagP99Ms: 1.9, loopDelayP99Ms: 2.4 },
  ])
  events.push([endMs + 5, { type: 'run.ended', reason: 'agenda', detail: 'the agenda was gone through' }])
  return numbered(events)
}

function faultEvents(
  { kind, inForceMs, tripMs, revertedMs, homeMs }: Outage,
  fault: number,
  router: BadRouter,
): Timed[] {
  const revoked = kind === 'revoke-key'
  const parameters = revoked ? { shape: 'invalid-api-key', spreadOver: 0 } : { latency: 4000, jitter: 0 }
  const plan = `run-f${fault}`
  const events: Timed[] = [
    [
      inForceMs - 8,
      {
        type: 'rollback.recorded',
        fault,
        plan,
        what: revoked ? 'give the primary its key back' : 'take the latency toxic off the primary’s proxy',
        file: `/state/${plan}.json`,
      },
    ],
    [
      inForceMs - 4,
      {
        type: 'fault.requested',
        fault,
        kind,
        target: 'primary',
        parameters,
        network: !revoked,
        whole: true,
        capMs: 400_000,
        phase: fault === 0 ? 3 : 5,
      },
    ],
    [
      inForceMs,
      {
        type: 'fault.in-force',
        fault,
        uncertaintyMs: 3.2,
        detail: revoked
          ? 'the gate refuses the primary’s key'
          : 'toxic latency 4000 ms on the primary’s proxy',
      },
    ],
    [
      inForceMs + 1400,
      {
        type: 'fault.proven',
        fault,
        proof: revoked
          ? '5 marked requests answered 401; the control lane felt it (1 of 1)'
          : 'no marked answer of the primary reached a client; the control lane felt it (1 of 1)',
        evidence: ['m883', 'm884', 'c17'],
      },
    ],
    [revertedMs - 4, { type: 'fault.reverting', fault, why: 'agenda' }],
    [
      revertedMs,
      { type: 'fault.reverted', fault, detail: revoked ? 'the key is valid again' : 'the toxic is deleted' },
    ],
    [
      revertedMs + 600,
      {
        type: 'fault.gone',
        fault,
        proof: 'state read back clean; a real request came back whole',
        evidence: ['p3'],
      },
    ],
    [
      revertedMs + 601,
      { type: 'rollback.undone', plan, proven: true, by: 'run', detail: 'state read back clean' },
    ],
  ]
  if (router.noCircuit === true) return events
  events.push([
    tripMs,
    {
      type: 'router.circuit',
      provider: 'primary',
      state: 'open',
      reason: revoked ? 'credential failure' : '3 timeouts in a row',
      class: revoked ? 'credential' : 'timeout',
    },
  ])
  if (Number.isFinite(homeMs))
    events.push([
      homeMs,
      {
        type: 'router.circuit',
        provider: 'primary',
        state: 'closed',
        reason: 'a probe succeeded',
        class: null,
      },
    ])
  return events
}

function started(
  seed: number,
  perSecond: number,
  claim: 'slo' | 'behaviour',
  attended: boolean,
  phases: readonly { name: string; kind: (typeof AGENDA)[number]['kind']; startMs: number; endMs: number }[],
): EventOf<'run.started'> {
  return {
    type: 'run.started',
    run: {
      id: '2026-11-20-7c1e',
      tag: '7c1e',
      mode: attended ? 'attended' : 'unattended',
      attended,
      seed,
      command: `gameday run friday-failover --unattended --duration 2m30s --rate ${perSecond}/s --seed ${seed}`,
      versions: { gameday: '0.1.0', node: '20.20.2' },
    },
    drill: {
      name: 'friday-failover',
      title: 'Friday drill: revoke the primary key, then make it slow',
      file: 'drills/friday-failover.yaml',
      sha256: '5f2b1c0d9e8a7f6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b',
      claim,
      hypothesis:
        'With the primary gone or slow, the router serves from the secondary within five seconds and every promise holds.',
    },
    objectives: { success: 0.995, p95Ms: 2500, costUsd: 0.015, windowDays: 30, requests: 10_000 },
    targets: { failoverMs: 5000, failbackMs: 15_000, taxMs: 50 },
    traffic: { perSecond: 0.23, countsAgainstBudget: false, spentBefore: 4 },
    load: { perSecond, arrivals: 'poisson', timeoutMs: 10_000, controlShare: 0.02 },
    environment: {
      router: { kind: 'embedded', url: 'http://127.0.0.1:4100/v1' },
      toxiproxy: { kind: 'embedded', version: '2.12.0', url: 'http://127.0.0.1:8474' },
      providers: [
        {
          role: 'primary',
          name: 'simulated-primary',
          format: 'openai',
          kind: 'simulated',
          model: 'gpt-4o-mini',
        },
        {
          role: 'secondary',
          name: 'simulated-secondary',
          format: 'openai',
          kind: 'simulated',
          model: 'gpt-4o-mini',
        },
      ],
    },
    phases: phases.map(({ name, kind, startMs, endMs }) => ({ name, kind, plannedMs: endMs - startMs })),
    despiteFreeze: null,
  }
}

/** Puts events in order of time and gives each line its id and stamps. */
function numbered(events: readonly Timed[]): JournalEntry[] {
  return [...events]
    .sort((a, b) => a[0] - b[0])
    .map(([atMs, event], index) => ({
      id: `j${index + 1}`,
      atMs,
      at: new Date(START + atMs).toISOString(),
      ...event,
    }))
}

/** The records with every request passed through `change`. */
export function changeSamples(records: Records, change: (sample: Sample) => Sample): Records {
  return { ...records, samples: records.samples.map(change) }
}

/** The records with more events in the journal, at their moments. */
export function addEvents(records: Records, ...events: Timed[]): Records {
  const added = events.map(([atMs, event], index): JournalEntry => ({
    id: `x${index + 1}`,
    atMs,
    at: new Date(START + atMs).toISOString(),
    ...event,
  }))
  return { ...records, journal: [...records.journal, ...added].sort((a, b) => a.atMs - b.atMs) }
}

/** The records without some kinds of events. */
export function dropEvents(records: Records, ...types: JournalEventType[]): Records {
  return { ...records, journal: records.journal.filter(({ type }) => !types.includes(type)) }
}

/** The records with every event of one type passed through `change`. */
export function changeEvents<T extends JournalEventType>(
  records: Records,
  type: T,
  change: (event: JournalEntry<EventOf<T>>) => JournalEntry<EventOf<T>>,
): Records {
  const isOne = (entry: JournalEntry): entry is JournalEntry<EventOf<T>> => entry.type === type
  return { ...records, journal: records.journal.map((entry) => (isOne(entry) ? change(entry) : entry)) }
}

/** What a run leaves behind that is killed at a moment: all lines written until then. */
export function killedAt({ journal, samples, attempts }: Records, atMs: number): Records {
  return {
    journal: journal.filter((entry) => entry.atMs <= atMs),
    samples: samples.filter(({ endMs }) => endMs !== null && endMs <= atMs),
    attempts: attempts.filter(({ endMs }) => endMs !== null && endMs <= atMs),
  }
}

/** Turns a request into one that failed for its caller. */
export function asFailed(sample: Sample, rest: Partial<Sample> = {}): Sample {
  return {
    ...sample,
    outcome: 'failed',
    class: 'server-error',
    status: 500,
    servedBy: null,
    tag: null,
    ...rest,
  }
}

/** The same records with the secondary's connections refused while the primary's key is revoked, as a third fault. */
export function withBothDown(records: Records): Records {
  const events = records.journal.flatMap(({ id: _id, at: _at, atMs, ...event }): Timed[] => {
    if (!('fault' in event) || event.fault !== 0) return []
    // The secondary's is asked for before the primary's.
    const at = atMs - 10
    if (event.type === 'fault.requested')
      return [
        [at, { ...event, fault: 2, kind: 'refused', target: 'secondary', parameters: {}, network: true }],
      ]
    return event.type === 'rollback.recorded' ? [] : [[at, { ...event, fault: 2 }]]
  })
  return addEvents(records, ...events)
}
