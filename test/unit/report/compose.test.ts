import { describe, expect, it } from 'vitest'
import { resultSchema, type JournalEvent, type Records } from '../../../src/record/index.ts'
import { composeResult } from '../../../src/report/index.ts'
import {
  addEvents,
  asFailed,
  changeEvents,
  changeSamples,
  dropEvents,
  fridayRecords,
  killedAt,
} from '../../support/records.ts'

const healthy = fridayRecords()
const FAULT_EVENTS = [
  'fault.requested',
  'fault.in-force',
  'fault.proven',
  'fault.reverting',
  'fault.reverted',
  'fault.gone',
  'rollback.recorded',
  'rollback.undone',
  'router.circuit',
] as const
const withoutFaults = dropEvents(healthy, ...FAULT_EVENTS)
const ended = (reason: 'not-ready' | 'abort' | 'signal' | 'error', detail = 'why it ended') =>
  changeEvents(healthy, 'run.ended', (entry) => ({ ...entry, reason, detail }))

describe('composing a result', () => {
  it('finds a healthy drill to have held, in the shape of the published schema', () => {
    const result = composeResult(healthy)
    expect(resultSchema.parse(result)).toEqual(result)
    expect(result).toMatchObject({
      verdict: 'held',
      exitCode: 0,
      findings: [],
      load: { unmatched: 0, dropped: 0 },
      rollback: { record: true, undone: true, proven: true, by: 'run' },
    })
    expect(result.run.endedAt).toBe('2026-11-20T14:02:30.005Z')
    expect(result.targets).toEqual({ failoverMs: 5000, failbackMs: 15_000, taxMs: 50 })
  })

  it('counts every request of the main lane in exactly one phase, and none of the control lane', () => {
    const { phases } = composeResult(healthy)
    const main = healthy.samples.filter(({ lane }) => lane === 'main')
    expect(phases.reduce((sum, { requests }) => sum + requests, 0)).toBe(main.length)
    for (const [index, { name }] of phases.entries())
      expect(phases[index]?.requests).toBe(main.filter(({ phase }) => phase === name).length)
  })

  it('tells two phases of the same name apart', () => {
    const twins = changeEvents(healthy, 'phase.started', (entry) => ({
      ...entry,
      name: entry.kind === 'restore' ? 'Restore' : entry.name,
    }))
    expect(
      composeResult(twins)
        .phases.filter(({ name }) => name === 'Restore')
        .map(({ requests }) => requests),
    ).toEqual([720, 720])
  })

  it('measures each fault over its own outage and stamps its four verbs', () => {
    const [first, second] = composeResult(healthy).faults
    expect(first).toMatchObject({
      kind: 'revoke-key',
      requestedMs: 24_196,
      inForceMs: 24_200,
      provenMs: 25_600,
      revertedMs: 62_150,
      goneMs: 62_750,
      uncertaintyMs: 3.2,
    })
    expect(second).toMatchObject({
      kind: 'latency',
      detectSource: 'arrival-elsewhere',
      tripMs: 800,
      failedRequests: 0,
    })
    // The later of proven gone (T+62.75) and home again (T+66.15).
    expect(first?.outageEndMs).toBe(66_150)
    for (const fault of [first, second]) {
      expect(fault?.objectives.map(({ verdict }) => verdict)).toEqual(['met', 'met', 'met'])
      expect(fault?.objectives[0]?.n).toBeGreaterThan(1600)
    }
  })

  it('says what the control lane met while each fault was in force', () => {
    const [first, second] = composeResult(healthy).faults
    expect(first?.withoutRouter).toMatchObject({ ok: 0, p95Ms: 'inf' })
    expect(first?.withoutRouter.requests).toBeGreaterThan(25)
    expect(second?.withoutRouter.ok).toBe(second?.withoutRouter.requests)
    expect(second?.withoutRouter.p95Ms).toBeGreaterThan(4000)
  })

  it('projects the budget from the worst outage and spends nothing of it by synthetic load', () => {
    const broken = composeResult(fridayRecords({ router: { neverFailsOver: () => true } })).errorBudget
    expect(broken).toMatchObject({
      allowed: 50,
      spentBefore: 4,
      remaining: 46,
      spentByDrill: 0,
      freeze: false,
    })
    expect(broken.wouldHaveSpent).toBeCloseTo(
      (broken.failureRatio ?? 0) * ((broken.outageMs ?? 0) / 1000) * 0.23,
      9,
    )
    expect(broken.failureRatio).toBeGreaterThan(0.8)
  })

  it('debits the budget when the drill says that its load is real traffic', () => {
    const counting = changeEvents(
      fridayRecords({ router: { neverFailsOver: () => true } }),
      'run.started',
      (entry) => ({ ...entry, traffic: { ...entry.traffic, countsAgainstBudget: true } }),
    )
    const { errorBudget } = composeResult(counting)
    expect(errorBudget.spentByDrill).toBeGreaterThan(1000)
    expect(errorBudget.freeze).toBe(true)
  })

  it('sorts the classes that failed most to the top', () => {
    const { classes } = composeResult(
      fridayRecords({ router: { neverFailsOver: ({ stream, tenant }) => stream && tenant === 'globex' } }),
    )
    expect(classes[0]?.class).toMatch(/^globex \/ .* \/ stream$/)
    expect(classes[0]?.successRate).toBeLessThan(0.7)
    expect(classes.at(-1)?.successRate).toBe(1)
  })

  it('leaves to a later fault what was in flight when it struck, so that the one before can come home', () => {
    const [, second] = composeResult(healthy).faults
    const t0 = second?.inForceMs ?? 0
    const cut = changeSamples(healthy, (sample) =>
      sample.lane === 'main' && sample.intendedMs < 80_000 && (sample.endMs ?? 0) > t0
        ? { ...asFailed(sample, { class: 'stream-error', status: 200 }) }
        : sample,
    )
    expect(cut.samples.filter(({ class: why }) => why === 'stream-error').length).toBeGreaterThan(5)
    const [before, after] = composeResult(cut).faults
    expect(before).toMatchObject({ failbackMs: 4000, failedRequests: 0 })
    expect(after?.failedRequests).toBeGreaterThan(5)
    expect(composeResult(cut).findings.map(({ rule }) => rule)).not.toContain('recovery-failures')
  })

  it('is a pure function of the records', () => {
    const before = JSON.stringify(healthy)
    expect(composeResult(healthy)).toEqual(composeResult(healthy))
    expect(JSON.stringify(healthy)).toBe(before)
  })

  it('refuses a journal without a beginning', () => {
    expect(() => composeResult(dropEvents(healthy, 'run.started'))).toThrow(
      expect.objectContaining({ code: 'RECORDS_UNREADABLE' }),
    )
  })
})

describe('the verdict of the records', () => {
  const notGone: JournalEvent = {
    type: 'fault.not-gone',
    fault: 1,
    reason: 'the toxic is still there',
    byHand: ['curl -X DELETE'],
  }
  const cases: [string, Records, string | null, number, RegExp][] = [
    [
      'an objective missed',
      fridayRecords({ router: { neverFailsOver: () => true } }),
      'weak',
      1,
      /objective missed under fault 1: success/,
    ],
    [
      'a failover target missed',
      fridayRecords({ perSecond: 20, router: { tripSlowMs: 5600 }, scale: 4 }),
      'weak',
      1,
      /target missed under fault 2: stable service after 5\.\d/,
    ],
    [
      'a fault skipped because the one before did not recover',
      addEvents(withoutFaultNumber(1), [
        80_000,
        {
          type: 'fault.skipped',
          fault: 1,
          kind: 'latency',
          target: 'primary',
          reason: 'fault 1 has not recovered',
        },
      ]),
      'weak',
      1,
      /fault 2 was skipped: fault 1 has not recovered \[x1\]/,
    ],
    [
      'a fault that nobody armed',
      addEvents(withoutFaultNumber(1), [
        80_000,
        {
          type: 'fault.skipped',
          fault: 1,
          kind: 'latency',
          target: 'primary',
          reason: 'nobody armed it',
          by: 'people',
        },
      ]),
      'unproven',
      5,
      /fault 2 was skipped: nobody armed it \[x1\]/,
    ],
    [
      'a fault not proven',
      addEvents(dropEvents(healthy, 'fault.proven'), [
        62_000,
        { type: 'fault.not-proven', fault: 0, reason: 'no request was refused' },
      ]),
      'unproven',
      5,
      /fault 1 \(revoke-key on primary\) was not proven: no request was refused/,
    ],
    [
      'a late load',
      changeEvents(healthy, 'load.summary', (entry) => ({ ...entry, dispatchLagP99Ms: 51 })),
      'unproven',
      5,
      /p99 dispatch lag was 51 ms, at most 50 ms/,
    ],
    [
      'a load that dropped requests',
      changeEvents(healthy, 'load.summary', (entry) => ({ ...entry, dropped: 6 })),
      'unproven',
      5,
      /dropped 6 of/,
    ],
    [
      'too many unmatched',
      changeSamples(healthy, (sample) =>
        Number(sample.id.slice(1)) % 50 === 0 ? { ...sample, servedBy: null } : sample,
      ),
      'unproven',
      5,
      /nobody is known to have served/,
    ],
    [
      'too few requests to claim the SLO',
      fridayRecords({ perSecond: 8 }),
      'unproven',
      5,
      /objective inconclusive under fault 1: success 100 %/,
    ],
    ['no fault at all', withoutFaults, 'unproven', 5, /no fault was put in force/],
    [
      'a baseline that was not steady',
      changeEvents(withoutFaults, 'run.ended', (entry) => ({
        ...entry,
        reason: 'not-ready',
        detail: 'steady state failed',
      })),
      'not-ready',
      3,
      /steady state failed/,
    ],
    [
      'an abort rule',
      addEvents(ended('abort'), [
        50_000,
        { type: 'abort', rule: 'success-below', reason: '80 % for 10 s', by: 'rule' },
      ]),
      'aborted',
      4,
      /the rule success-below stopped the drill: 80 % for 10 s \[x1\]/,
    ],
    [
      'a person who stopped it',
      addEvents(ended('abort'), [
        50_000,
        { type: 'abort', rule: 'Ada', reason: 'real incident', by: 'person' },
      ]),
      'aborted',
      4,
      /Ada stopped the drill: real incident/,
    ],
    [
      'a person whose name is in the reason',
      addEvents(ended('abort'), [
        50_000,
        { type: 'abort', rule: 'person', reason: 'Ada (lead) said stop', by: 'person' },
      ]),
      'aborted',
      4,
      /^a person stopped the drill: Ada \(lead\) said stop \[x1\]/,
    ],
    [
      'Ctrl-C',
      addEvents(ended('signal'), [50_000, { type: 'abort', rule: 'SIGINT', reason: 'Ctrl-C', by: 'signal' }]),
      'aborted',
      130,
      /Ctrl-C stopped the drill .*everything it broke is proven restored/,
    ],
    [
      'a fault of gameday',
      addEvents(ended('error'), [
        50_000,
        { type: 'error', code: 'INTERNAL', message: 'a thing that should never happen', hint: null },
      ]),
      null,
      70,
      /a thing that should never happen \(INTERNAL\)/,
    ],
    [
      'a fault not proven gone',
      addEvents(dropEvents(healthy, 'fault.gone', 'rollback.undone'), [130_000, notGone]),
      'rollback-failed',
      6,
      /nothing proves that fault 1/,
    ],
    [
      'an abort with a rollback that failed',
      addEvents(dropEvents(ended('abort'), 'fault.gone', 'rollback.undone'), [130_000, notGone]),
      'rollback-failed',
      6,
      /nothing proves/,
    ],
  ]
  it.each(cases)('%s', (_name, records, verdict, exitCode, decidedBy) => {
    const result = composeResult(records)
    expect(result).toMatchObject({ verdict, exitCode })
    expect(result.decidedBy).toMatch(decidedBy)
    expect(resultSchema.safeParse(result).error).toBeUndefined()
  })

  it('accepts a fault that was not proven gone by the run once recover has proven it, but not as held', () => {
    const later = addEvents(
      dropEvents(healthy, 'rollback.undone'),
      [119_000, notGone],
      [120_000, { type: 'rollback.undone', plan: 'run-f1', proven: true, by: 'recover', detail: 'clean' }],
    )
    expect(composeResult(dropEvents(later))).toMatchObject({
      verdict: 'unproven',
      rollback: { proven: true, by: 'recover' },
    })
  })

  it('lets a drill that claims behaviour hold with an inconclusive objective', () => {
    const result = composeResult(fridayRecords({ perSecond: 8, claim: 'behaviour' }))
    expect(result.faults[0]?.objectives[0]?.verdict).toBe('inconclusive')
    expect(result).toMatchObject({ verdict: 'held', exitCode: 0 })
    expect(result.decidedBy).toContain('the SLO is not claimed')
  })

  it('does not call a target missed that the drill did not wait for', () => {
    const short = composeResult(
      fridayRecords({ scale: 0.6, claim: 'behaviour', router: { neverFailsBack: true } }),
    )
    expect(short.faults[0]?.notReached['failback']).toBeLessThan(15_000)
    expect(short).toMatchObject({ verdict: 'unproven', exitCode: 5 })
  })
})

describe('what the stage changed on a server', () => {
  const made = (plan: string): [number, JournalEvent] => [
    1,
    { type: 'rollback.recorded', fault: null, plan, what: `the proxy ${plan}`, file: `/state/${plan}.json` },
  ]
  const undone = (plan: string, proven: boolean, by: 'run' | 'recover' = 'run'): [number, JournalEvent] => [
    139_000,
    { type: 'rollback.undone', plan, proven, by, detail: proven ? 'clean' : 'still there' },
  ]
  const cases: [string, [number, JournalEvent][], number, RegExp][] = [
    ['taken back', [made('s0'), undone('s0', true)], 0, /everything is proven restored/],
    ['not taken back', [made('s0'), undone('s0', false)], 6, /the proxy s0 was taken back: still there/],
    ['never mentioned again', [made('s0')], 6, /nothing proves that the proxy s0 was taken back/],
    [
      'taken back later by recover',
      [made('s0'), undone('s0', false), undone('s0', true, 'recover')],
      5,
      /the run could not prove that the proxy s0 was taken back: still there/,
    ],
    [
      'forgotten by hand',
      [
        made('s0'),
        undone('s0', false),
        [140_000, { type: 'rollback.forgotten', plan: 's0', detail: 'put aside' }],
      ],
      6,
      /the proxy s0/,
    ],
    [
      'one of two not taken back',
      [made('s0'), made('s1'), undone('s0', true), undone('s1', false)],
      6,
      /the proxy s1/,
    ],
  ]
  it.each(cases)('decides the drill when it was %s', (_name, events, exitCode, decidedBy) => {
    const result = composeResult(addEvents(healthy, ...events))
    expect(result.exitCode).toBe(exitCode)
    expect(result.decidedBy).toMatch(decidedBy)
    expect(result.rollback.proven).toBe(exitCode !== 6)
  })
})

describe('a killed run', () => {
  it('says where its records end, and that a fault may still be in force', () => {
    const result = composeResult(killedAt(healthy, 45_000))
    expect(resultSchema.parse(result)).toEqual(result)
    expect(result).toMatchObject({ verdict: 'rollback-failed', exitCode: 6, run: { endedAt: null } })
    expect(result.run.durationMs).toBeLessThanOrEqual(45_000)
    expect(result.phases.at(-1)?.name).toBe('Revoke the key')
    expect(result.findings.map(({ rule }) => rule)).toEqual(['fault-not-gone', 'cut-short'])
  })

  it('is unproven when it was killed between two faults, and says so', () => {
    const result = composeResult(killedAt(healthy, 75_000))
    expect(result).toMatchObject({ verdict: 'unproven', exitCode: 5 })
    expect(result.decidedBy).toMatch(/^the records end at T\+01:1\d in Restore the key, before the drill did/)
  })

  it('is unproven and restored once recover has proven it, however much later that was', () => {
    const recovered = addEvents(killedAt(healthy, 45_000), [
      9e6,
      { type: 'rollback.undone', plan: 'run-f0', proven: true, by: 'recover', detail: 'clean' },
    ])
    const result = composeResult(recovered)
    expect(result).toMatchObject({
      verdict: 'unproven',
      rollback: { record: true, undone: true, proven: true, by: 'recover' },
    })
    expect(result.run.durationMs).toBeLessThanOrEqual(45_000)
  })

  it('is unproven and restored when its watchdog undid it, which counts as no part of the run', () => {
    const watched = addEvents(
      killedAt(healthy, 45_000),
      [45_300, { type: 'watchdog.undoing', why: 'gone', detail: 'its runner is gone' }],
      [45_400, { type: 'rollback.undone', plan: 'run-f0', proven: true, by: 'watchdog', detail: 'clean' }],
    )
    const result = composeResult(watched)
    expect(result).toMatchObject({
      verdict: 'unproven',
      rollback: { undone: true, proven: true, by: 'watchdog' },
    })
    expect(result.run.durationMs).toBeLessThanOrEqual(45_000)
    expect(result.findings.map(({ rule }) => rule)).toEqual(['cut-short', 'watchdog-undid'])
  })

  it('is still weak when it was killed after a promise was broken and restored', () => {
    expect(
      composeResult(killedAt(fridayRecords({ router: { neverFailsOver: () => true } }), 75_000)).verdict,
    ).toBe('weak')
  })

  it('has a result at every moment it can be killed', () => {
    for (let atMs = 0; atMs <= 151_000; atMs += 7_310) {
      const result = composeResult(killedAt(healthy, atMs))
      expect(resultSchema.safeParse(result).error).toBeUndefined()
      expect(result.exitCode).not.toBe(0)
    }
  })

  it('has a result without any sample', () => {
    const result = composeResult({ ...healthy, samples: [], attempts: [] })
    expect(resultSchema.parse(result)).toEqual(result)
    expect(result).toMatchObject({ verdict: 'unproven', exitCode: 5 })
  })

  it('takes the load’s figures from the samples when it left no summary', () => {
    const dropped = changeSamples(dropEvents(healthy, 'load.summary'), (sample) =>
      sample.id === 'm7' ? asFailed(sample, { outcome: 'dropped', class: null, status: null }) : sample,
    )
    expect(composeResult(dropped).load).toMatchObject({ offered: 5359, sent: 5358, dropped: 1 })
  })
})

/** The drill as it is when its second fault was never asked for. */
function withoutFaultNumber(number: number): Records {
  return {
    ...healthy,
    journal: healthy.journal.filter(
      (entry) =>
        !('fault' in entry && entry.fault === number) &&
        !('plan' in entry && entry.plan === `run-f${number}`),
    ),
  }
}
