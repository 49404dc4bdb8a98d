import { describe, expect, it } from 'vitest'
import { alertGate, clearGate } from '../../../src/drill/index.ts'
import { RULES } from '../../../src/report/findings/find.ts'
import { composeResult } from '../../../src/report/index.ts'
import type { JournalEvent, Records, Sample } from '../../../src/record/index.ts'
import {
  addEvents,
  asFailed,
  changeEvents,
  changeSamples,
  dropEvents,
  fridayRecords,
  killedAt,
  withBothDown,
} from '../../support/records.ts'

const healthy = fridayRecords()
const main = (sample: Sample) => sample.lane === 'main'
const number = ({ id }: Sample) => Number(id.slice(1))
/** Breaks every nth request of the main lane that was meant in a stretch of time. */
const every = (n: number, fromMs: number, toMs: number, change: (sample: Sample) => Sample) =>
  changeSamples(healthy, (sample) =>
    main(sample) && number(sample) % n === 0 && sample.intendedMs >= fromMs && sample.intendedMs < toMs
      ? change(sample)
      : sample,
  )

const FIRST = [24_500, 62_000] as const
const notGone: JournalEvent = {
  type: 'fault.not-gone',
  fault: 1,
  reason: 'the toxic is still there',
  byHand: ['curl -X DELETE'],
}

/** For every rule an input that it has to find something in, and what its title has to say. */
const withAlerts = (records: Records, expected: 'cost'[]) =>
  changeEvents(records, 'run.started', (entry) => ({
    ...entry,
    alerts: { expected, windowsMs: { p95: 20_000, success: 10_000, cost: 20_000 } },
  }))

/** As if the first fault had been held to one tenant. */
const heldTo = (tenant: string, records: Records) =>
  changeEvents(records, 'fault.requested', (entry) =>
    entry.fault === 0 ? { ...entry, whole: false, parameters: { ...entry.parameters, tenant } } : entry,
  )

const BROKEN: Record<string, [Records, RegExp]> = {
  'alert-missing': [
    withAlerts(healthy, ['cost']),
    /The alert “average cost over \$0\.015 for 20s” had to fire and did not: \$0\.\d+ on average/,
  ],
  'alert-unexpected': [
    withAlerts(every(10, ...FIRST, asFailed), []),
    /The alert “success below 99\.5% for 10s” fired although this drill was not to set it off: \d+ of \d+ requests failed/,
  ],
  'tenant-missed': [
    // Every fourth request of globex, which the fault cannot have hit.
    heldTo('acme', every(12, ...FIRST, asFailed)),
    /^Fault 1 \(revoke-key on primary, of acme alone\), for globex: success 7\d\.\d+ % of \d+ requests, promised at least 99\.5 %\.$/,
  ],
  'tenant-inconclusive': [
    heldTo('acme', healthy),
    /^Fault 1 \(revoke-key on primary, of acme alone\): too little was seen to say for 1 tenant: globex, success 100 % of \d+ requests/,
  ],
  'taken-from-others': [
    heldTo('acme', healthy),
    /it hit acme alone, and yet \d+ of the \d+ successes of the other tenants were not served by the primary/,
  ],
  'fault-not-gone': [
    addEvents(dropEvents(healthy, 'fault.gone', 'rollback.undone'), [130_000, notGone]),
    /Fault 2 \(latency on primary\) may still be in force: the toxic is still there/,
  ],
  'change-not-undone': [
    addEvents(healthy, [
      2,
      {
        type: 'rollback.recorded',
        fault: null,
        plan: 'run-s0',
        what: 'the proxy gameday-abc-primary',
        file: '/state/run-s0.json',
      },
    ]),
    /The proxy gameday-abc-primary may still be there: the records end before it was taken back/,
  ],
  'watchdog-undid': [
    addEvents(killedAt(healthy, 45_000), [
      45_100,
      { type: 'watchdog.undoing', why: 'gone', detail: 'its runner is gone' },
    ]),
    /The watchdog undid the run at T\+00:45: its runner is gone/,
  ],
  'changed-by-others': [
    addEvents(healthy, [
      139_000,
      {
        type: 'rollback.undone',
        plan: 'run-s0',
        proven: true,
        by: 'run',
        detail: 'clean',
        theirs: ['somebody else put the toxic slow on gameday-abc-primary; it went with the proxy'],
      },
    ]),
    /Somebody else put the toxic slow on gameday-abc-primary/,
  ],
  'cut-short': [killedAt(healthy, 75_000), /The records end at T\+01:1/],
  'abort-rule': [
    addEvents(healthy, [
      50_000,
      { type: 'abort', rule: 'p95-above', reason: 'p95 6 s for 10 s', by: 'rule' },
    ]),
    /The abort rule “p95-above” ended the drill at T\+00:50/,
  ],
  'fault-not-proven': [dropEvents(healthy, 'fault.proven'), /Fault 1 .* nothing shows that it took hold/],
  'load-not-trusted': [
    changeEvents(healthy, 'load.summary', (entry) => ({ ...entry, dispatchLagP99Ms: 80 })),
    /p99 dispatch lag was 80 ms/,
  ],
  unmatched: [
    every(20, 0, 140_000, (sample) => ({ ...sample, servedBy: null })),
    /Nobody is known to have served 267 of 5,359 successes/,
  ],
  'failover-not-reached': [
    fridayRecords({ router: { neverFailsOver: () => true } }),
    /stable service not reached in 38\.0 s, at most 5 s allowed/,
  ],
  'failover-slow': [
    fridayRecords({ router: { tripSlowMs: 11_800 } }),
    /Fault 2 .* stable service after 11\.\d s, at most 5 s allowed/,
  ],
  'objective-missed': [
    fridayRecords({ router: { neverFailsOver: ({ n }) => n % 10 === 0 } }),
    /Fault 1 .* success 9\d\.\d+ % of .* requests, promised at least 99\.5 %/,
  ],
  'no-provider-left': [
    withBothDown(fridayRecords({ router: { neverFailsOver: () => true } })),
    /Faults 1 and 3 \(revoke-key on primary, refused on secondary\): no provider was left, and [\d,]+ of [\d,]+ requests failed\. Clients were told 401 credential \([\d,]+×\); the causes were at the primary 401 .* and at the secondary refused, of which its gate saw no attempt\./,
  ],
  'errors-passed': [
    fridayRecords({ router: { neverFailsOver: ({ n }) => n % 500 === 0 } }),
    /Fault 1 .* failed as “credential” although the other provider was well \(HTTP 401\)/,
  ],
  'class-differs': [
    fridayRecords({ router: { neverFailsOver: ({ stream }) => stream } }),
    /\d+ of \d+ requests of streams failed, and none of the other/,
  ],
  'truncated-stream': [
    every(900, 0, 140_000, (sample) => ({
      ...sample,
      outcome: 'truncated',
      class: 'truncated',
      servedBy: null,
    })),
    /5 streams ended in the middle without an error/,
  ],
  'empty-answer': [
    every(1200, 0, 140_000, (sample) => asFailed(sample, { class: 'empty', status: 200 })),
    /4 answers came as a success with nothing in them/,
  ],
  'slow-after-failover': [
    every(8, 67_000 - 35_000, 62_000, (sample) => ({ ...sample, endMs: sample.intendedMs + 3000 })),
    /answers \(1\d(\.\d)? %\) took 2\.5 s or longer/,
  ],
  'no-circuit': [
    fridayRecords({ router: { noCircuit: true } }),
    /1,318 of 1,318 requests still tried the dead primary first/,
  ],
  flapping: [
    every(200, ...FIRST, (sample) => ({ ...sample, servedBy: 'primary' })),
    /service changed between the providers 1\d times/,
  ],
  'never-fails-back': [
    fridayRecords({ router: { neverFailsBack: true } }),
    /690 of 690 answers after the restore still came from the other provider/,
  ],
  'failback-not-reached': [
    every(50, 62_200, 80_000, asFailed),
    /going home not reached in 17\.9 s, at most 15 s allowed/,
  ],
  'fault-skipped': [
    addEvents(dropFault(1), [
      80_000,
      {
        type: 'fault.skipped',
        fault: 1,
        kind: 'latency',
        target: 'primary',
        reason: 'fault 1 has not recovered',
      },
    ]),
    /Fault 2 \(latency on primary\) was skipped: fault 1 has not recovered/,
  ],
  'recovery-failures': [
    every(60, 62_200, 80_000, asFailed),
    /Fault 1 .* 1\d of 6\d\d requests failed after it had been undone/,
  ],
  'baseline-failures': [
    every(100, 0, 24_000, asFailed),
    /7 of 799 requests \(0\.8 %\) failed in the baseline/,
  ],
  'header-disagrees': [
    every(3, ...FIRST, (sample) => ({ ...sample, claimedBy: 'primary' })),
    /own header named the wrong provider for 500 of 5,359 answers/,
  ],
  'streams-held-back': [
    {
      ...changeSamples(healthy, (sample) =>
        main(sample) && sample.stream && sample.outcome === 'ok'
          ? { ...sample, firstTokenMs: sample.endMs }
          : sample,
      ),
      attempts: healthy.attempts.map((attempt) => ({ ...attempt, firstByteMs: (attempt.endMs ?? 0) - 100 })),
    },
    /The router buffers streams: in (\S+) of \1 streams the client got its first content only after/,
  ],
  'budget-heavy': [
    changeEvents(fridayRecords({ router: { neverFailsOver: () => true } }), 'run.started', (entry) => ({
      ...entry,
      traffic: { ...entry.traffic, perSecond: 2 },
    })),
    /At 2 requests a second of real traffic, an outage like this one \(42 s\) would spend 7\d\.\d of the 50\.0 failures/,
  ],
  'failback-slow': [
    changeEvents(healthy, 'run.started', (entry) => ({
      ...entry,
      targets: { ...entry.targets, failbackMs: 3000 },
    })),
    /going home after 4\.00 s, at most 3 s allowed/,
  ],
  'tax-high': [
    changeSamples(healthy, (sample) =>
      sample.servedBy === 'secondary' ? { ...sample, startedMs: (sample.startedMs ?? 0) - 80 } : sample,
    ),
    /tax 80 ms, at most 50 ms allowed/,
  ],
  'missing-marker': [
    every(700, 0, 140_000, (sample) => ({ ...sample, missingMarker: true })),
    /7 streams had a finish reason but not the terminal marker/,
  ],
  'objective-inconclusive': [
    fridayRecords({ perSecond: 8 }),
    /too little was seen to say: success 100 % of 3\d\d requests/,
  ],
  'missing-alert': [
    addEvents(healthy, [
      138_000,
      {
        type: 'debrief.said',
        about: 'missing alert',
        role: 'scribe',
        by: 'person',
        who: 'Grace',
        text: 'no page on 401s',
      },
    ]),
    /An alert was missing, as Grace said in the debrief: no page on 401s/,
  ],
  'no-alert': [
    addEvents(healthy, [
      44_000,
      {
        type: 'gate.decided',
        gate: alertGate('Revoke the key'),
        role: 'operator',
        decision: 'no',
        by: 'person',
        who: 'Ben',
        reason: 'answered in time',
      },
    ]),
    /No alert had fired by T\+00:44 of “Revoke the key”, said Ben\./,
  ],
  'not-clear': [
    addEvents(healthy, [
      66_000,
      {
        type: 'gate.decided',
        gate: clearGate('Restore the key'),
        role: 'lead',
        decision: 'no',
        by: 'person',
        who: 'Ada',
        reason: '12 s before the deadline',
      },
    ]),
    /It was not clear at T\+01:06 of “Restore the key”, said Ada, although the fault was proven gone\./,
  ],
  'to-do': [
    addEvents(healthy, [
      140_000,
      {
        type: 'note',
        note: 'n7',
        role: 'lead',
        by: 'Ada',
        kind: 'to-do',
        text: 'page somebody on 401s',
        forMs: 139_000,
      },
    ]),
    /Noted by Ada \(lead\) at T\+02:19: page somebody on 401s/,
  ],
}

describe('each rule', () => {
  it.each(RULES.map(({ id }) => id))('%s finds what is broken, with evidence and advice', (id) => {
    const [records, title] = BROKEN[id] ?? [healthy, /no broken input for this rule/]
    const found = composeResult(records).findings.filter(({ rule }) => rule === id)
    expect(found.map((finding) => finding.title)).toContainEqual(expect.stringMatching(title))
    for (const finding of found) {
      expect(finding).toMatchObject({ owner: null, due: null, retest: '2027-02-19' })
      expect(finding.recommendation).toMatch(/\.$/)
      expect(finding.evidence.length).toBeGreaterThan(0)
      expect(finding.evidence.length).toBeLessThanOrEqual(10)
    }
    const known = new Set(
      [...records.journal, ...records.samples]
        .map((line) => line.id)
        .concat(records.attempts.map(({ tag }) => tag))
        .concat(records.journal.flatMap((line) => (line.type === 'note' ? [line.note] : []))),
    )
    expect(found.flatMap(({ evidence }) => evidence).filter((cited) => !known.has(cited))).toEqual([])
  })

  it.each(['none', 'None.', ' no ', 'nothing', '-', 'n/a'])('takes “%s” for no missing alert', (text) => {
    const said = addEvents(healthy, [
      138_000,
      { type: 'debrief.said', about: 'missing alert', role: 'scribe', by: 'person', who: 'Grace', text },
    ])
    expect(composeResult(said).findings).toEqual([])
  })

  it.each(['clock', 'script'] as const)('finds nothing in an alert that the %s did not see', (by) => {
    const gate = alertGate('Revoke the key')
    const decided = addEvents(healthy, [
      44_000,
      { type: 'gate.decided', gate, role: 'operator', decision: 'no', by, who: null, reason: 'no answer' },
    ])
    expect(composeResult(decided).findings).toEqual([])
  })

  it.each([
    ['clock', 'no', 0],
    ['person', 'yes', 0],
    ['person', 'no', 1],
    ['script', 'no', 1],
  ] as const)('when the %s answers “%s” to “clear?”, finds %d', (by, decision, found) => {
    const decided = addEvents(healthy, [
      66_000,
      {
        type: 'gate.decided',
        gate: clearGate('Restore the key'),
        role: 'lead',
        decision,
        by,
        who: null,
        reason: 'x',
      },
    ])
    const findings = composeResult(decided).findings
    expect(findings).toHaveLength(found)
    for (const finding of findings)
      expect(finding).toMatchObject({ rule: 'not-clear', severity: 'minor', evidence: ['x1'] })
  })

  it('names the script that wrote a to-do', () => {
    const noted = addEvents(healthy, [
      140_000,
      {
        type: 'note',
        note: 'n7',
        role: 'lead',
        by: 'Ada',
        kind: 'to-do',
        text: 'page somebody',
        forMs: 139_000,
        script: true,
      },
    ])
    expect(composeResult(noted).findings[0]?.title).toBe(
      'Noted by a script as Ada (lead) at T+02:19: page somebody',
    )
  })

  it('is silent on healthy drills of many seeds, rates and lengths', () => {
    for (let seed = 1; seed <= 10; seed++) expect(composeResult(fridayRecords({ seed })).findings).toEqual([])
    expect(composeResult(fridayRecords({ scale: 12, perSecond: 10 })).findings).toEqual([])
    expect(composeResult(fridayRecords({ perSecond: 8, claim: 'behaviour' })).findings).toEqual([])
    expect(composeResult(fridayRecords({ attended: true })).findings).toEqual([])
  })

  it('is silent on what a good router does on a normal day', () => {
    // One request outlasts even the second provider; streams in flight are cut, with an error, when connections break;
    // now and then a request fails over without any fault.
    const normal = changeSamples(healthy, (sample) => {
      if (!main(sample)) return sample
      if (sample.id === 'm300') return asFailed(sample, { class: 'timeout', status: 504 })
      if (number(sample) % 400 === 0) return { ...sample, servedBy: 'secondary', claimedBy: 'secondary' }
      const inFlight = (sample.startedMs ?? 0) < 24_200 && (sample.endMs ?? 0) > 24_200
      return inFlight && number(sample) % 16 === 0
        ? asFailed(sample, { class: 'stream-error', status: 200 })
        : sample
    })
    expect(normal.samples.filter(({ outcome, lane }) => outcome !== 'ok' && lane === 'main').length).toBe(3)
    expect(composeResult(normal)).toMatchObject({ verdict: 'held', findings: [] })
  })
})

describe('findings together', () => {
  it('are numbered from the worst on', () => {
    const { findings } = composeResult(
      fridayRecords({ router: { neverFailsOver: ({ stream }) => stream, neverFailsBack: true } }),
    )
    expect(findings.map(({ id }) => id)).toEqual(findings.map((_, index) => `F${index + 1}`))
    const order = ['critical', 'major', 'minor', 'info']
    const ranks = findings.map(({ severity }) => order.indexOf(severity))
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
  })

  it('does not call a partial fault’s tries a missing circuit', () => {
    const partial = changeEvents(
      fridayRecords({ router: { noCircuit: true } }),
      'fault.requested',
      (entry) => ({ ...entry, whole: false }),
    )
    expect(composeResult(partial).findings.map(({ rule }) => rule)).not.toContain('no-circuit')
  })

  it('compares a router’s header by role and by name, and lets names it does not know pass', () => {
    const claim = (claimedBy: string) =>
      composeResult(every(3, ...FIRST, (sample) => ({ ...sample, claimedBy }))).findings.map(
        ({ rule }) => rule,
      )
    expect(claim('Simulated-Primary')).toContain('header-disagrees')
    expect(claim('simulated-secondary')).not.toContain('header-disagrees')
    expect(claim('4f2a9c')).not.toContain('header-disagrees')
  })
})

function dropFault(fault: number): Records {
  return {
    ...healthy,
    journal: healthy.journal.filter(
      (entry) =>
        !('fault' in entry && entry.fault === fault) && !('plan' in entry && entry.plan === `run-f${fault}`),
    ),
  }
}
