import { describe, expect, it } from 'vitest'
import {
  faultClocks,
  type CircuitChange,
  type ClockInput,
  type FaultTimes,
  type MeasuredAttempt,
  type MeasuredSample,
} from '../../../../src/measure/index.ts'
import { faultResultSchema } from '../../../../src/record/result.ts'
import {
  attemptOf,
  faultOf,
  goodDrill,
  requestsFrom,
  sampleOf,
  servedAttempts,
} from '../../../support/measure-timeline.ts'

const T0 = 60_000

function clocksOf(
  samples: MeasuredSample[],
  {
    fault = {},
    ...rest
  }: { fault?: Partial<FaultTimes> } & Partial<Omit<ClockInput, 'samples' | 'fault'>> = {},
) {
  return faultClocks({
    samples,
    attempts: [],
    circuits: [],
    fault: faultOf(fault),
    baseline: { fromMs: 0, toMs: T0 },
    p95TargetMs: 2500,
    ...rest,
  })
}

/** A sample and its failed attempt at the primary, which took so long to fail. */
function failedOver(
  intendedMs: number,
  failedAfterMs: number,
): { sample: MeasuredSample; attempt: MeasuredAttempt } {
  const sample = sampleOf({ intendedMs, servedBy: 'secondary' })
  const startMs = intendedMs + 3
  return {
    sample,
    attempt: attemptOf({
      requestId: sample.id,
      startMs,
      endMs: startMs + failedAfterMs,
      failure: 'credential',
    }),
  }
}

const opened = (atMs: number): CircuitChange => ({ atMs, provider: 'primary', state: 'open' })

describe('a good failover', () => {
  const samples = goodDrill()
  const first = samples[600]
  const failed = attemptOf({
    requestId: first?.id ?? '',
    startMs: T0 + 3,
    endMs: T0 + 5,
    failure: 'credential',
  })
  const clocks = clocksOf(samples, { attempts: [failed], circuits: [opened(T0 + 6)] })

  it('is read off the records, clock by clock', () => {
    expect(clocks).toEqual({
      detectMs: 5,
      detectSource: 'attempt',
      tripMs: 6,
      switchMs: 201,
      stableMs: 0,
      lastFailureMs: null,
      failbackMs: 2000,
      blipMs: 0,
      failedRequests: 0,
      slowRequests: 0,
      taxMs: null,
      probes: 0,
      flaps: 0,
      inFlight: 2,
      failedSamples: [],
      slowSamples: [],
      notReached: {},
      notObservable: {
        tax: 'no success of the stable stretch, or none of the baseline, could be told to its attempt',
      },
    })
  })

  it('fits the faults of result.json', () => {
    const shape = faultResultSchema.partial()
    expect(shape.parse(clocks)).toEqual(clocks)
  })

  it('is the same whatever the order of the records', () => {
    const shuffled = samples.toSorted((a, b) => (a.id < b.id ? 1 : -1))
    expect(clocksOf(shuffled, { attempts: [failed], circuits: [opened(T0 + 6)] })).toEqual(clocks)
  })
})

describe('detect', () => {
  const good = goodDrill()

  it('is the end of the first failed attempt at the faulted target', () => {
    const later = failedOver(T0 + 2000, 10)
    const sooner = failedOver(T0 + 1000, 400)
    const clocks = clocksOf([...good, later.sample, sooner.sample], {
      attempts: [later.attempt, sooner.attempt],
    })
    expect(clocks).toMatchObject({ detectMs: 1403, detectSource: 'attempt' })
  })

  it('takes an attempt for failed when the caller hung up on it', () => {
    const { sample, attempt } = failedOver(T0 + 100, 2000)
    const clocks = clocksOf([...good, sample], { attempts: [{ ...attempt, failure: null, hungUp: true }] })
    expect(clocks).toMatchObject({ detectMs: 2103, detectSource: 'attempt' })
  })

  it.each<{ name: string; change: Partial<MeasuredAttempt> }>([
    { name: 'at the other provider', change: { provider: 'secondary' } },
    { name: 'of the control lane', change: { lane: 'control' } },
    { name: 'of gameday’s own probes', change: { lane: null, requestId: 'p1' } },
    { name: 'that was a good one', change: { failure: null } },
    { name: 'of a request that nobody knows', change: { requestId: 'm-unknown' } },
    { name: 'before the fault', change: { startMs: T0 - 50, endMs: T0 - 40 } },
    { name: 'that ended after the revert', change: { endMs: 120_001 } },
  ])('is not set by an attempt $name', ({ change }) => {
    const { sample, attempt } = failedOver(T0 + 100, 10)
    const clocks = clocksOf([...good, sample], { attempts: [{ ...attempt, ...change }] })
    expect(clocks).toMatchObject({ detectMs: null, detectSource: null, notReached: { detect: 60_000 } })
  })

  it('leaves out requests in flight, even their attempts after t0', () => {
    const inFlight = sampleOf({
      intendedMs: T0 - 500,
      startedMs: T0 - 499,
      endMs: T0 + 300,
      outcome: 'failed',
      servedBy: null,
    })
    const attempt = attemptOf({
      requestId: inFlight.id,
      startMs: T0 + 10,
      endMs: T0 + 20,
      failure: 'credential',
    })
    const clocks = clocksOf([...good, inFlight], { attempts: [attempt] })
    expect(clocks.detectMs).toBeNull()
  })

  it('is 0 for an attempt that failed within the uncertainty of t0', () => {
    // Sent 3 ms before the acknowledgement of a call that took 4: it was refused, and opened the circuit.
    const sample = sampleOf({ intendedMs: T0 - 4, startedMs: T0 - 3, servedBy: 'secondary' })
    const attempt = attemptOf({ requestId: sample.id, startMs: T0 - 2, endMs: T0 - 1, failure: 'credential' })
    const clocks = clocksOf([...good, sample], { attempts: [attempt], circuits: [opened(T0 - 1)] })
    expect(clocks).toMatchObject({ detectMs: 0, detectSource: 'attempt', tripMs: 0 })
  })

  it('is, for a black hole, the first arrival of a request at the other provider', () => {
    const sample = sampleOf({ intendedMs: T0 + 50, endMs: T0 + 2300, servedBy: 'secondary' })
    const swallowed = attemptOf({ requestId: sample.id, startMs: T0 + 52, endMs: null })
    const elsewhere = attemptOf({ requestId: sample.id, provider: 'secondary', startMs: T0 + 2055 })
    const input = { attempts: [swallowed, elsewhere] }
    expect(clocksOf([...good, sample], { ...input, fault: { kind: 'network' } })).toMatchObject({
      detectMs: 2055,
      detectSource: 'arrival-elsewhere',
    })
    expect(clocksOf([...good, sample], input).detectSource).toBeNull()
  })

  it('does not take a request in flight for an arrival elsewhere', () => {
    const sample = sampleOf({ intendedMs: T0 - 500, endMs: T0 + 2300, servedBy: 'secondary' })
    const elsewhere = attemptOf({ requestId: sample.id, provider: 'secondary', startMs: T0 + 1500 })
    expect(
      clocksOf([...good, sample], { attempts: [elsewhere], fault: { kind: 'network' } }).detectMs,
    ).toBeNull()
  })

  it('is the first client-visible failure where that came first', () => {
    const { sample, attempt } = failedOver(T0 + 100, 900)
    const failure = sampleOf({ intendedMs: T0 + 200, endMs: T0 + 500, outcome: 'timeout', servedBy: null })
    expect(clocksOf([...good, sample, failure], { attempts: [attempt] })).toMatchObject({
      detectMs: 500,
      detectSource: 'client-failure',
    })
  })
})

describe('trip', () => {
  it('is when the circuit to the target opens, after the fault and before its revert', () => {
    const circuits: CircuitChange[] = [
      opened(T0 - 1000),
      { atMs: T0 + 100, provider: 'secondary', state: 'open' },
      { atMs: T0 + 200, provider: 'primary', state: 'half-open' },
      opened(T0 + 300),
      opened(T0 + 900),
    ]
    expect(clocksOf(goodDrill(), { circuits }).tripMs).toBe(300)
  })

  it('says how long was waited for it', () => {
    const clocks = clocksOf(goodDrill(), { circuits: [opened(120_001)] })
    expect(clocks).toMatchObject({ tripMs: null, notReached: { trip: 60_000 } })
  })

  it('is not observable when the router does not tell', () => {
    const clocks = clocksOf(goodDrill(), { circuits: null })
    expect(clocks).toMatchObject({
      tripMs: null,
      notObservable: { trip: 'the router does not tell about its circuit' },
    })
    expect(clocks.notReached).not.toHaveProperty('trip')
  })
})

describe('switch', () => {
  it('is the end of the first success by the other provider, of a request meant after t0', () => {
    const samples = [
      ...requestsFrom(0, 600),
      sampleOf({ intendedMs: T0 - 10, endMs: T0 + 200, servedBy: 'secondary' }), // in flight
      sampleOf({ intendedMs: T0 + 100, endMs: T0 + 2300, servedBy: 'secondary' }),
      sampleOf({ intendedMs: T0 + 200, endMs: T0 + 400, outcome: 'truncated', servedBy: null }),
      sampleOf({ intendedMs: T0 + 300, endMs: T0 + 900, servedBy: 'secondary' }), // meant later, over sooner
      ...requestsFrom(T0 + 400, 580, { servedBy: 'secondary' }, 100).map((sample) => ({
        ...sample,
        endMs: (sample.endMs ?? 0) + 1000,
      })),
    ]
    expect(clocksOf(samples)).toMatchObject({ switchMs: 900, stableMs: 300 })
  })

  it('was not reached when the other provider answered only after the revert', () => {
    const late = sampleOf({ intendedMs: 119_900, endMs: 120_001, servedBy: 'secondary' })
    const clocks = clocksOf([...goodDrill({ away: 'primary', home: 'primary' }), late])
    expect(clocks).toMatchObject({ switchMs: null, notReached: { switch: 60_000 } })
  })

  it('was not reached when nobody else ever served', () => {
    const clocks = clocksOf(goodDrill({ away: 'primary', home: 'primary' }))
    expect(clocks).toMatchObject({
      switchMs: null,
      stableMs: null,
      notReached: { switch: 60_000, stable: 60_000 },
    })
    expect(clocks.notObservable.tax).toBe('there was no stable stretch to measure it over')
  })
})

describe('stable', () => {
  const away = (
    change: (samples: MeasuredSample[]) => void,
    options: Parameters<typeof clocksOf>[1] = {},
  ) => {
    const samples = goodDrill()
    change(samples)
    return clocksOf(samples, options)
  }
  const at = (samples: MeasuredSample[], intendedMs: number) => {
    const sample = samples.find((one) => one.intendedMs === intendedMs)
    if (sample === undefined) throw new Error(`no request at ${intendedMs}`)
    return sample
  }

  it('begins with the request after the last failure', () => {
    const clocks = away((samples) => {
      Object.assign(at(samples, T0 + 700), { outcome: 'failed', servedBy: null })
      Object.assign(at(samples, T0 + 4200), { outcome: 'failed', servedBy: null })
    })
    expect(clocks).toMatchObject({ switchMs: 201, stableMs: 4300, failedRequests: 2 })
  })

  it('begins once no more than five in a hundred are slow', () => {
    const clocks = away((samples) => {
      for (const sample of samples) {
        if (sample.intendedMs >= T0 + 1000 && sample.intendedMs < T0 + 3000)
          sample.endMs = sample.intendedMs + 2500
      }
    })
    // Twenty slow ones from T0 + 1.0 s to T0 + 2.9 s: the last five of them may be within it.
    expect(clocks).toMatchObject({ stableMs: 2500, slowRequests: 20 })
  })

  it('begins after the last answer by the faulted target', () => {
    expect(away((samples) => Object.assign(at(samples, T0 + 9000), { servedBy: 'primary' })).stableMs).toBe(
      9100,
    )
  })

  it('bears answers by the target when only a part of it is faulted', () => {
    const clocks = away((samples) => Object.assign(at(samples, T0 + 9000), { servedBy: 'primary' }), {
      fault: { whole: false },
    })
    expect(clocks.stableMs).toBe(0)
  })

  it('does not mind a probe that the fault held until its undoing had begun', () => {
    const held = { servedBy: 'primary', endMs: 119_998 } as const
    expect(away((samples) => Object.assign(at(samples, 119_000), held)).stableMs).toBe(0)
    expect(
      away((samples) => Object.assign(at(samples, 119_000), held), { fault: { revertingMs: null } }).stableMs,
    ).toBeNull()
  })

  it('takes a cached or unmatched answer for no answer by the target', () => {
    const clocks = away((samples) => {
      Object.assign(at(samples, T0 + 8000), { servedBy: 'cache' })
      Object.assign(at(samples, T0 + 9000), { servedBy: null })
    })
    expect(clocks.stableMs).toBe(0)
  })

  it('was not reached when fewer than a hundred requests were left', () => {
    const fail = (intendedMs: number) =>
      away((samples) => Object.assign(at(samples, intendedMs), { outcome: 'failed', servedBy: null }))
    expect(fail(109_900).stableMs).toBe(50_000)
    expect(fail(110_000)).toMatchObject({ stableMs: null, notReached: { stable: 60_000 } })
  })

  it('is blind to what was dropped and to the control lane', () => {
    const clocks = away((samples) => {
      samples.push(sampleOf({ intendedMs: 100_000, lane: 'control', outcome: 'failed' }))
      samples.push(sampleOf({ intendedMs: 100_000, outcome: 'dropped', startedMs: null, endMs: null }))
    })
    expect(clocks).toMatchObject({ stableMs: 0, failedRequests: 0, lastFailureMs: null })
  })
})

describe('failback', () => {
  const coming = (home: MeasuredSample[], options: Parameters<typeof clocksOf>[1] = {}) =>
    clocksOf([...requestsFrom(0, 600), ...requestsFrom(T0, 600, { servedBy: 'secondary' }), ...home], options)

  it('counts from the revert to the first request of stable service by the restored target', () => {
    const home = [
      ...requestsFrom(120_000, 60, { servedBy: 'secondary' }),
      ...requestsFrom(126_000, 1, { servedBy: 'primary' }), // the probe that closed the circuit
      ...requestsFrom(126_100, 4, { servedBy: 'secondary' }), // already on their way
      ...requestsFrom(126_500, 535),
    ]
    expect(coming(home).failbackMs).toBe(6000)
  })

  it('bears the few that a good router sends elsewhere any day, and not more', () => {
    const home = requestsFrom(120_000, 600)
    for (const place of [300, 320, 340, 360, 380]) Object.assign(home[place] ?? {}, { servedBy: 'secondary' })
    expect(coming(home).failbackMs).toBe(0)
    Object.assign(home[390] ?? {}, { servedBy: 'secondary' })
    expect(coming(home).failbackMs).toBe(30_100)
  })

  it('begins after the last failure on the way home', () => {
    const home = requestsFrom(120_000, 600)
    Object.assign(home[30] ?? {}, { outcome: 'failed', servedBy: null, endMs: 123_100 })
    expect(coming(home)).toMatchObject({
      failbackMs: 3100,
      failedRequests: 1,
      lastFailureMs: 63_100,
      blipMs: 0,
    })
  })

  it('says how long was waited when the router never comes home', () => {
    const clocks = coming(requestsFrom(120_000, 600, { servedBy: 'secondary' }))
    expect(clocks).toMatchObject({ failbackMs: null, notReached: { failback: 60_000 } })
  })

  it('looks no further than the end of its restore phase', () => {
    const home = [
      ...requestsFrom(120_000, 300),
      ...requestsFrom(150_000, 300, { outcome: 'failed', servedBy: null }),
    ]
    expect(coming(home).failbackMs).toBeNull()
    expect(coming(home, { fault: { endOfRestoreMs: 150_000 } }).failbackMs).toBe(0)
  })

  it('is as the baseline was: a secondary that never serves need not serve again', () => {
    const allPrimary = requestsFrom(0, 1800)
    const clocks = clocksOf(allPrimary, { fault: { target: 'secondary' } })
    expect(clocks).toMatchObject({ switchMs: 201, stableMs: 0, failbackMs: 0 })
  })

  it('asks of a canary no more than its share in the baseline', () => {
    const mixed = (fromMs: number, times: number) =>
      requestsFrom(fromMs, times).map((sample, i) =>
        i % 10 === 0 ? { ...sample, servedBy: 'secondary' as const } : sample,
      )
    const samples = [...mixed(0, 600), ...requestsFrom(T0, 600), ...mixed(120_000, 600)]
    expect(clocksOf(samples, { fault: { target: 'secondary' } }).failbackMs).toBe(0)
    const never = [...mixed(0, 600), ...requestsFrom(T0, 1200)]
    expect(clocksOf(never, { fault: { target: 'secondary' } }).failbackMs).toBeNull()
  })

  it('bears what a canary may draw by chance, and not a fifth more', () => {
    const before = requestsFrom(0, 600).map((sample, i) =>
      i % 10 === 0 ? { ...sample, servedBy: 'secondary' as const } : sample,
    )
    const home = (astray: number) =>
      requestsFrom(120_000, 600).map((sample, i) =>
        i >= 300 && i % 4 === 3 && i < 300 + 4 * astray
          ? { ...sample, servedBy: 'secondary' as const }
          : sample,
      )
    const away = requestsFrom(T0, 600, { servedBy: 'secondary' })
    expect(clocksOf([...before, ...away, ...home(22)]).failbackMs).toBe(0)
    expect(clocksOf([...before, ...away, ...home(23)]).failbackMs).toBeGreaterThan(30_000)
  })

  it('is not observable when the fault was never undone, and the rest waited to the end of the records', () => {
    const clocks = clocksOf(requestsFrom(0, 1800), {
      fault: { revertingMs: null, revertedMs: null, goneMs: null },
    })
    expect(clocks).toMatchObject({
      failbackMs: null,
      notObservable: { failback: 'the fault was never undone' },
      notReached: { switch: 120_000, stable: 120_000 },
    })
  })
})

describe('failures and slow requests', () => {
  it('are counted over the whole outage, and timed by when clients saw them', () => {
    const samples = [
      ...goodDrill(),
      sampleOf({ id: 'before', intendedMs: 30_000, outcome: 'failed' }),
      sampleOf({ id: 'in-flight', intendedMs: T0 - 1000, endMs: T0 + 10, outcome: 'failed', servedBy: null }),
      sampleOf({ id: 'first', intendedMs: T0 + 100, endMs: T0 + 300, outcome: 'failed', servedBy: null }),
      sampleOf({ id: 'last', intendedMs: T0 + 200, endMs: T0 + 10_200, outcome: 'timeout', servedBy: null }),
      sampleOf({ id: 'slow', intendedMs: T0 + 300, endMs: T0 + 2800, servedBy: 'secondary' }),
      sampleOf({ id: 'nearly slow', intendedMs: T0 + 300, endMs: T0 + 2799, servedBy: 'secondary' }),
      sampleOf({ id: 'after', intendedMs: 150_000, endMs: 153_000 }),
    ]
    expect(clocksOf(samples)).toMatchObject({
      lastFailureMs: 10_200,
      blipMs: 10_190,
      failedRequests: 3,
      slowRequests: 1,
      failedSamples: ['in-flight', 'first', 'last'],
      slowSamples: ['slow'],
      inFlight: 3,
    })
  })

  it('are named up to twenty', () => {
    const clocks = clocksOf([
      ...goodDrill(),
      ...requestsFrom(T0, 30, { outcome: 'failed', servedBy: null }, 10),
    ])
    expect(clocks.failedRequests).toBe(30)
    expect(clocks.failedSamples).toHaveLength(20)
  })
})

describe('tax', () => {
  it('is the median time outside the serving gate, less the baseline’s', () => {
    const samples = goodDrill()
    // Every request takes the client 200 ms; the primary's gate has it for 190 of them, the secondary's for 183.
    const attempts = [
      ...servedAttempts(
        samples.filter(({ servedBy }) => servedBy === 'primary'),
        190,
      ),
      ...servedAttempts(
        samples.filter(({ servedBy }) => servedBy === 'secondary'),
        183,
      ),
    ]
    expect(clocksOf(samples, { attempts }).taxMs).toBeCloseTo(7, 9)
  })

  it('is not bent by the requests before stability or by a few outliers', () => {
    const samples = goodDrill()
    const attempts = servedAttempts(samples, 190)
    for (const sample of samples.slice(600, 700)) Object.assign(sample, { endMs: (sample.endMs ?? 0) + 1500 })
    expect(clocksOf(samples, { attempts }).taxMs).toBeCloseTo(0, 9)
  })

  it('is taken from successes alone', () => {
    const samples = goodDrill()
    const attempts = servedAttempts(samples, 190)
    for (const sample of samples.slice(0, 400)) {
      Object.assign(sample, { outcome: 'truncated', endMs: (sample.endMs ?? 0) + 1500 })
    }
    expect(clocksOf(samples, { attempts }).taxMs).toBeCloseTo(0, 9)
  })

  it('is not observable without a baseline', () => {
    const samples = goodDrill()
    const clocks = clocksOf(samples, { attempts: servedAttempts(samples, 190), baseline: null })
    expect(clocks.taxMs).toBeNull()
    expect(clocks.notObservable).toHaveProperty('tax')
  })
})

describe('probes and flaps', () => {
  const probe = (startMs: number, change: Partial<MeasuredAttempt> = {}) =>
    attemptOf({ startMs, failure: 'credential', ...change })
  const attempts = [
    probe(T0 + 50),
    probe(T0 + 5100),
    probe(T0 + 10_100),
    probe(T0 + 10_100, { provider: 'secondary' }),
    probe(T0 + 10_200, { lane: 'control' }),
    probe(T0 + 10_300, { lane: null }),
    probe(120_100),
  ]

  it('counts the attempts at the faulted target between trip and revert', () => {
    expect(clocksOf(goodDrill(), { attempts, circuits: [opened(T0 + 60)] }).probes).toBe(2)
  })

  it('counts from the switch where the router does not tell of its circuit', () => {
    expect(clocksOf(goodDrill(), { attempts, circuits: null }).probes).toBe(2)
    expect(clocksOf(goodDrill(), { attempts, circuits: null, fault: { whole: false } }).probes).toBe(0)
  })

  it('counts none before a trip that never came', () => {
    expect(clocksOf(goodDrill(), { attempts }).probes).toBe(0)
  })

  it('counts every change of the serving provider between switch and revert', () => {
    const samples = goodDrill()
    const serve = (index: number, servedBy: MeasuredSample['servedBy']) =>
      Object.assign(samples[index] ?? {}, { servedBy })
    serve(700, 'primary') // there and back
    serve(800, 'cache')
    serve(900, null)
    serve(1000, 'primary')
    serve(1001, 'primary') // there and back
    expect(clocksOf(samples).flaps).toBe(4)
  })
})

describe('a fault that never came into force', () => {
  it('has no clocks and waited for none', () => {
    const skipped = {
      inForceMs: null,
      uncertaintyMs: null,
      revertingMs: null,
      revertedMs: null,
      goneMs: null,
    }
    const clocks = clocksOf(goodDrill(), { fault: skipped })
    const {
      failedSamples,
      slowSamples,
      notReached,
      notObservable,
      failedRequests,
      slowRequests,
      probes,
      flaps,
      inFlight,
      ...times
    } = clocks
    expect(Object.values(times).every((value) => value === null)).toBe(true)
    expect([failedRequests, slowRequests, probes, flaps, inFlight]).toEqual([0, 0, 0, 0, 0])
    expect({ failedSamples, slowSamples, notReached, notObservable }).toEqual({
      failedSamples: [],
      slowSamples: [],
      notReached: {},
      notObservable: {},
    })
  })
})

describe('a router that was killed', () => {
  const refused = { outcome: 'failed', class: 'connection', servedBy: null } as const
  /** Dead from 60 s on, bypassed five seconds later, started again at 120 s, which cuts what is under way. */
  const samples = [
    ...requestsFrom(0, 600),
    ...requestsFrom(60_010, 50, refused),
    ...requestsFrom(65_010, 545),
    ...requestsFrom(119_510, 5, { ...refused, endMs: 120_000 }),
    ...requestsFrom(120_010, 600),
  ]
  const clocks = faultClocks({
    samples,
    attempts: [],
    circuits: [],
    fault: faultOf({ target: 'router' }),
    baseline: { fromMs: 0, toMs: 60_000 },
    p95TargetMs: 2500,
  })

  it('is detected by clients, and over with the first answer of whoever it is', () => {
    expect(clocks.detectSource).toBe('client-failure')
    expect(clocks.switchMs).toBeGreaterThanOrEqual(5010)
    expect(clocks.stableMs).toBe(5010)
  })

  it('is not found unstable because starting it again cut what was under way, and is home by whoever answers', () => {
    expect(clocks.stableMs).toBe(5010)
    expect(clocks.failbackMs).toBe(10)
    expect(clocks.notObservable.trip).toMatch(/opens no circuit/)
    expect([clocks.probes, clocks.flaps]).toEqual([0, 0])
  })
})
