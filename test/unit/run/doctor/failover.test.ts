import { describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../../../../src/base/index.ts'
import type { GateControl } from '../../../../src/providers/index.ts'
import { strike, type Struck } from '../../../../src/run/doctor/failover.ts'
import { judgeFailover } from '../../../../src/run/doctor/judge-failover.ts'
import type { Attempt } from '../../../../src/record/index.ts'
import { failoverRouter, type Manner } from '../../../support/failover-routers.ts'
import { KEYS, MODEL, testGate } from '../../../support/providers-gate.ts'

/** Waits a fifth as long for what the gates have to tell. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 5, signal) }
const TIMEOUT_MS = 1000
const URLS = { primary: 'http://127.0.0.1:8471/v1', secondary: 'http://127.0.0.1:8472/v1' }
const judged = (struck: Struck) => judgeFailover(struck, { timeoutMs: TIMEOUT_MS, urls: URLS })

async function struckBy(manner: Manner) {
  const { gate, control, ask } = await testGate()
  const url = await failoverRouter(manner, { ...gate.urls, keys: KEYS })
  const router = { url, key: 'k', model: MODEL, format: 'openai', headers: {} } as const
  const striking = strike(router, { gate: control }, { runId: 'abc', timeoutMs: TIMEOUT_MS, clock: hasty })
  const inForce = await bothInForce(control)
  // Somebody else comes by meanwhile.
  const bystander = await ask()
  const struck = await striking
  return { findings: struck.map(judged), struck, inForce, bystander, left: (await control.state()).faults }
}

async function bothInForce(control: GateControl) {
  for (let looks = 0; looks < 100; looks++) {
    const { faults } = await control.state()
    if (faults.length === 2) return faults
    await systemClock.sleep(10)
  }
  return []
}

describe('a router whose primary is broken for the doctor’s own questions', () => {
  it('is seen to leave it in time; whoever else comes by is served, and nothing stays broken', async () => {
    const { findings, inForce, bystander, left } = await struckBy('leaves-at-once')
    expect(findings.map(({ state }) => state)).toEqual(['ok', 'ok'])
    expect(findings[0]?.detail).toMatch(
      /says nothing was asked once, and after \d\.\d s the secondary; .* of the 1\.0 s that a client waits/,
    )
    expect(findings[1]?.detail).toMatch(/answers 500 was asked once, and after \d\.\d s the secondary/)
    expect(inForce.map(({ id, capMs }) => [id, capMs])).toEqual([
      ['abc-doctor-silent', 6000],
      ['abc-doctor-failing', 6000],
    ])
    expect(bystander.status).toBe(200)
    expect(left).toEqual([])
  })

  it.each<{ manner: Manner; stroke: 'silent' | 'failing'; says: RegExp; what: 'targets' | 'timeouts' }>([
    {
      manner: 'waits-for-ever',
      stroke: 'silent',
      says: /says nothing was (?:asked once|waited for), and the secondary not before the 1\.0 s that a client waits were over: every measurement would be the client’s timeout/,
      what: 'timeouts',
    },
    {
      manner: 'retries-for-ever',
      stroke: 'failing',
      says: /answers 500 was asked \d+ times, and the secondary not before the 1\.0 s/,
      what: 'timeouts',
    },
    { manner: 'gives-up', stroke: 'failing', says: /the secondary not at all; .* 502/, what: 'targets' },
    {
      manner: 'answers-from-elsewhere',
      stroke: 'failing',
      says: /from somewhere that no gate sees: .* for the primary only/,
      what: 'targets',
    },
  ])('lacks something where it $manner', async ({ manner, stroke, says, what }) => {
    const { findings, left } = await struckBy(manner)
    const found = findings.find(({ check }) => check === `a ${stroke} primary`)
    expect(found).toMatchObject({ part: 'failover', state: 'lack', add: { to: 'router', what } })
    expect(found?.detail).toMatch(says)
    expect(left).toEqual([])
  })
})

const ANSWER = {
  startedMs: 1000,
  endMs: 2000,
  outcome: 'ok',
  class: null,
  status: 200,
  tag: 's1',
} as Struck['answer']
const at = (provider: Attempt['provider'], startMs: number, more: Partial<Attempt> = {}) =>
  ({ provider, startMs, tag: `${provider[0]}1`, fault: null, ...more }) as Attempt
const BROKEN = at('primary', 1001, { fault: 'abc-doctor-silent' })

describe('what is made of a struck question', () => {
  const timeout = { ...ANSWER, outcome: 'timeout', class: 'timeout', status: null, tag: null } as const
  it.each<{ it: string; struck: Partial<Struck>; state: string; says: RegExp }>([
    {
      it: 'is good where the secondary served',
      struck: { attempts: [BROKEN, at('secondary', 1400)] },
      state: 'ok',
      says: /asked once, and after 0\.4 s the secondary; the answer was there after 1\.0 s/,
    },
    {
      it: 'is a lack where the secondary was asked too late',
      struck: { answer: timeout, attempts: [BROKEN, at('secondary', 1950)] },
      state: 'lack',
      says: /the secondary only after 0\.9 s, before whose answer the 1\.0 s/,
    },
    {
      it: 'is a lack where the primary’s gate still holds it',
      struck: { answer: timeout },
      state: 'lack',
      says: /says nothing was waited for, and the secondary not before the 1\.0 s/,
    },
    {
      it: 'shows nothing where the primary was not asked',
      struck: { attempts: [at('secondary', 1010)] },
      state: 'lack',
      says: /not shown: the router did not ask the primary at all/,
    },
    {
      it: 'shows nothing where the primary was asked without the marker',
      struck: { answer: { ...ANSWER, tag: 'p1' }, attempts: [at('primary', 1010)] },
      state: 'lack',
      says: /not shown: .* without the marker/,
    },
    {
      it: 'is a lack where the secondary’s answer did not do',
      struck: {
        answer: { ...ANSWER, outcome: 'failed', class: 'empty', tag: null },
        attempts: [BROKEN, at('secondary', 1400), at('secondary', 1500)],
      },
      state: 'lack',
      says: /the secondary 2 times; after 1\.0 s the client was told empty, 200/,
    },
  ])('$it', ({ struck, state, says }) => {
    const found = judged({ stroke: 'silent', answer: ANSWER, attempts: [], ...struck })
    expect(found.state).toBe(state)
    expect(found.detail).toMatch(says)
  })
})
