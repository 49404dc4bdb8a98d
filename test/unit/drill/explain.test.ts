import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { drawBlind, explain, loadDrill, scaleAgenda, type ExplainSetup } from '../../../src/drill/index.ts'
import { leastSample } from '../../../src/slo/index.ts'
import { HEAD, OVERRIDES, readDrillText } from '../../support/drill-text.ts'

const FOLDER = fileURLToPath(new URL('../../../drills', import.meta.url))
const load = (name: string) => loadDrill(name, { folders: [FOLDER], overrides: OVERRIDES })

const SETUP: ExplainSetup = {
  perSecond: 40,
  leftToPrimary: 1,
  router: { kind: 'embedded', url: null },
  toxiproxy: { kind: 'embedded', url: null },
  providers: [
    { role: 'primary', name: 'simulated-primary', kind: 'simulated', model: 'gpt-4o-mini', price: null },
    { role: 'secondary', name: 'simulated-secondary', kind: 'simulated', model: 'gpt-4o-mini', price: null },
  ],
  tenants: [],
  streams: 0.6,
  promptTokens: 300,
  maxCostUsd: null,
  people: false,
  leastSample,
  stretch: 100,
}

const REAL: ExplainSetup = {
  ...SETUP,
  router: { kind: 'external', url: 'http://127.0.0.1:4000' },
  toxiproxy: { kind: 'external', url: 'http://127.0.0.1:8474' },
  providers: [
    { role: 'primary', name: 'acme', kind: 'real', model: 'm1', price: { input: 10, output: 100 } },
    { role: 'secondary', name: 'spare', kind: 'real', model: 'm2', price: { input: 20, output: 50 } },
  ],
}

test('what a canary leaves to the primary is all that is wanted of it', async () => {
  const drill = await load('friday-failover')
  const text = explain(drill, scaleAgenda(drill, 150_000), { ...SETUP, leftToPrimary: 7 / 8 })
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'at least 95% of those marked requests that pins and canary leave to the primary (87.5% of all) are seen at the gate of the primary',
  )
})

test('the Friday drill in two and a half minutes', async () => {
  const drill = await load('friday-failover')
  expect(explain(drill, scaleAgenda(drill, 150_000), SETUP)).toMatchInlineSnapshot(`
    "Friday drill: the primary's key dies, then the primary turns slow
    (friday-failover, 2m30s)

    You expect: When the primary's key is revoked, and again when the primary turns
    too slow to use, the secondary takes over within five seconds, callers keep
    getting answers within the promises, and the primary serves again by itself soon
    after it is restored.

    What it sends, and to what
    40 requests a second, at random as from many users, 60% of them streams, each
    given 10s. They go through the embedded router, the embedded Toxiproxy and a
    gate to the providers: primary simulated-primary (simulated, gpt-4o-mini),
    secondary simulated-secondary (simulated, gpt-4o-mini). Besides, 0.8 a second go
    straight to the primary, past the router and outside all objectives: they show
    that a fault stays in force, and what it would have been without the router.

    Minute by minute
      T+00:00  brief, 2s
      T+00:02  baseline, 18s
      T+00:20  go-no-go, 1s
      T+00:21  revoked key, 33s
      T+00:54  key restored, 13s
      T+01:07  slow primary, 1m7s
      T+02:14  speed restored, 13s
      T+02:27  debrief, 2s
      T+02:29  close, 1s

    What is broken
    1. At T+00:21, for 33s: the key of the primary is revoked at the gate: every
       request is answered 401 invalid_api_key, as the vendor would. At its end
       (after 8m at the very latest, whatever the agenda says) the gate accepts the
       key again.
    2. At T+01:07, for 1m7s: Toxiproxy delays every piece of the answers of the
       primary by 4s. At its end (after 8m at the very latest, whatever the agenda
       says) the latency toxic is removed from its proxy. It is skipped if the
       system has not come home from the fault before it, and the drill is then
       weak.

    What is promised
    In every outage: 99.5% of requests succeed, p95 under 2.5s with failures counted
    as infinite, a successful request costs under $0.015 on average. Stable by the
    other provider within 5s, home again within 10s, at most 50ms more a request in
    between. The error budget is 50 of 10,000 requests in 30d.

    How it is undone
    How to undo a change is on disk before the change is made. It is undone at the
    end of its phase, on Ctrl-C, on TERM and whenever the drill stops early, and
    then proven gone: the state is read back and a real request is answered.
    Everything that is changed lives in this process and dies with it.

    When nothing is broken at all
    Unless in the baseline at least 99% of requests succeed, p95 is at most 2.5s, at
    least 95% of the marked requests are seen at the gate of the primary, and the
    secondary answers one direct question of each class, the drill ends as
    not-ready.

    When it stops by itself
    - Fewer than 80% of requests succeed for 1m.
    - p95 is above 8s for 1m.
    - An outage like this would spend over 20% of the error budget with the real
      traffic.
    - Toxiproxy does not answer for 10s.
    - A provider fails by itself, in a way that no fault of this drill has made.
    - Whenever a person says so: Ctrl-C restores first.

    What it costs
    No money: both providers are simulated. Of the error budget nothing: the load is
    synthetic.

    What its sample can prove
    1. At least 33s of outage, 1,320 requests. To claim 99.5% with none failed it
       takes 736: enough.
    2. At least 1m7s of outage, 2,680 requests. To claim 99.5% with none failed it
       takes 736: enough.
    Requests in one outage are not independent of each other: the numbers hold for
    this outage and are no forecast of the next."
  `)
})

test('the smoke drill says what it does not claim', async () => {
  const drill = await load('smoke')
  const text = explain(drill, scaleAgenda(drill), { ...SETUP, perSecond: 20 }).replace(/\s+/g, ' ')
  expect(text).toContain('This drill claims the behaviour only')
  expect(text).toContain('it takes 736: too few: 61.4 a second would do.')
  expect(text).toContain('The report will say that the SLO is not claimed.')
})

test('a restore phase too short to judge the way home says so', async () => {
  const drill = await load('smoke')
  const text = (failback: number) =>
    explain({ ...drill, targets: { ...drill.targets, failback } }, scaleAgenda(drill), SETUP).replace(
      /\s+/g,
      ' ',
    )
  expect(text(15_000)).toContain('watched for 13s, less than the 15s within which the system has to be home')
  expect(text(13_000)).not.toContain('watched for')
})

test('people may arm a break late, which its sample allows for', async () => {
  const drill = await load('friday-failover')
  const text = (people: boolean) =>
    sectionOf('What its sample can prove', explain(drill, scaleAgenda(drill), { ...SETUP, people }))
  expect(text(false)).toContain('At least 6m of outage, 14,400 requests.')
  expect(text(true)).toContain('At least 5m40s of outage, 13,600 requests.')
  expect(text(true)).toContain('What people may arm a break late is taken off its length')
})

test('no line is wider than a terminal', async () => {
  for (const name of ['friday-failover', 'smoke']) {
    const drill = await load(name)
    for (const setup of [SETUP, REAL]) {
      const lines = explain(drill, scaleAgenda(drill), setup).split('\n')
      expect(lines.filter((line) => line.length > 80)).toEqual([])
    }
  }
})

const ASSUMED =
  'A few probes, and what the router tries again, come on top. Tokens in are the characters of the prompts divided by four. How long the answers are is up to the provider: a model that thinks at length costs more.'

describe('what it costs', () => {
  const cost = async (setup: Partial<ExplainSetup>) => {
    const drill = await load('smoke')
    const text = explain(drill, scaleAgenda(drill), { ...REAL, ...setup })
    return text
      .slice(text.indexOf('What it costs'), text.indexOf('What its sample'))
      .replaceAll('\n', ' ')
      .trim()
  }
  test.each([
    [
      'simulated providers bill nothing',
      { providers: SETUP.providers },
      'What it costs No money: both providers are simulated. Of the error budget nothing: the load is synthetic.',
    ],
    [
      // 60 s at 40/s and one control request a second. A short answer of the primary costs $0.007, and a long one $0.043,
      // more than one of the secondary; the 50 requests of the control lane in the outage may be billed or not.
      'real ones, from the least that they may bill to the most',
      {},
      `What it costs acme and spare are real: they are asked and cost money, about $16.87 to $105.78 (2,460 requests, 740,000 tokens in and 98,000 to 980,000 out; of a request about 300 in and 40 to 400 out). ${ASSUMED} It never sends more than 2,659 requests. The run wants --max-cost, and stops and restores when it is reached. Of the error budget nothing: the load is synthetic.`,
    ],
    [
      'a limit',
      { maxCostUsd: 5 },
      `What it costs acme and spare are real: they are asked and cost money, about $16.87 to $105.78 (2,460 requests, 740,000 tokens in and 98,000 to 980,000 out; of a request about 300 in and 40 to 400 out). ${ASSUMED} It never sends more than 2,659 requests. The run stops and restores when $5.00 have been spent, the --max-cost. That is less than it costs at the least: it will be stopped on its way. Of the error budget nothing: the load is synthetic.`,
    ],
    [
      // 1,000 a second in the 50 s from the break to the end of the restore phase, at $0.026 for a long answer.
      'a real secondary beside a simulated primary, which may be asked nothing and is asked in the outage only',
      { providers: [...SETUP.providers.slice(0, 1), ...REAL.providers.slice(1)], perSecond: 1000 },
      `What it costs spare is real: it is asked and costs money, up to about $1,300.00 (50,000 requests, 15,000,000 tokens in and 2,000,000 to 20,000,000 out; of a request about 300 in and 40 to 400 out). ${ASSUMED} It never sends more than 61,041 requests. The run wants --max-cost, and stops and restores when it is reached. Of the error budget nothing: the load is synthetic.`,
    ],
    [
      // 1,000 a second for 10 s and then for nobody, at $0.007 each; with one of the control lane a second.
      'a real primary beside a simulated secondary, which answers in the outage for nothing',
      { providers: [...REAL.providers.slice(0, 1), ...SETUP.providers.slice(1)], perSecond: 1000 },
      `What it costs acme is real: it is asked and costs money, about $70.07 to $2,582.58 (60,060 requests, 18,000,000 tokens in and 2,400,000 to 24,000,000 out; of a request about 300 in and 40 to 400 out). ${ASSUMED} It never sends more than 61,041 requests. The run wants --max-cost, and stops and restores when it is reached. Of the error budget nothing: the load is synthetic.`,
    ],
    [
      'less than a cent',
      { providers: REAL.providers.map((one) => ({ ...one, price: { input: 0.001, output: 0.001 } })) },
      `What it costs acme and spare are real: they are asked and cost money, about $0.0008 to $0.0017 (2,460 requests, 740,000 tokens in and 98,000 to 980,000 out; of a request about 300 in and 40 to 400 out). ${ASSUMED} It never sends more than 2,659 requests. The run wants --max-cost, and stops and restores when it is reached. Of the error budget nothing: the load is synthetic.`,
    ],
    [
      'a price that nobody knows',
      {
        providers: REAL.providers.map((one) => ({
          ...one,
          price: one.role === 'primary' ? one.price : null,
        })),
      },
      'What it costs acme and spare are real: they are asked and cost money. How much is not known: no price of spare is (2,460 requests, 740,000 tokens in and 98,000 to 980,000 out; of a request about 300 in and 40 to 400 out). It never sends more than 2,659 requests. The run wants --max-cost, and stops and restores when it is reached. Of the error budget nothing: the load is synthetic.',
    ],
  ])('%s', async (_name, setup, text) => {
    expect(await cost(setup)).toBe(text)
  })
})

test('other people’s router and Toxiproxy are named, with what survives a killed gameday', async () => {
  const drill = await load('smoke')
  const text = explain(drill, scaleAgenda(drill), REAL).replaceAll('\n', ' ')
  expect(text).toContain('your router at http://127.0.0.1:4000, the Toxiproxy at http://127.0.0.1:8474')
  expect(text).toContain('If gameday itself is killed or stands still, its watchdog undoes the change')
})

describe('every fault and abort rule is told', () => {
  const told = (fault: string, abort = '[]') => {
    const drill = readDrillText(`${HEAD}abort: ${abort}
agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 1m, cap: 2m, fault: ${fault} }
  - { phase: restore, length: 10s }
`)
    const file = { name: 'd', file: 'd.yaml', sha256: '', promptsFile: 'prompts.yaml' }
    return explain({ ...drill, ...file }, scaleAgenda(drill), SETUP).replace(/\s+/g, ' ')
  }
  test.each([
    [
      '{ kind: revoke-key }',
      'the key of the primary is revoked at the gate: every request is answered 401 invalid_api_key, as the vendor would',
    ],
    [
      '{ kind: revoke-key, shape: insufficient-quota, spreadOver: 30s }',
      'a growing share of requests, after 30s every one, is answered 429 insufficient_quota',
    ],
    [
      '{ kind: slow-first-token, delay: 3s, share: 50% }',
      'the gate of the primary holds back the first token of 50% of the answers by 3s',
    ],
    [
      '{ kind: latency, latency: 4s, jitter: 500ms }',
      'Toxiproxy delays every piece of the answers of the primary by 4s, give or take 500ms',
    ],
    [
      '{ kind: latency, latency: 4s, share: 30% }',
      'every piece of the answers of the primary by 4s, on 30% of the connections. At its end',
    ],
    [
      '{ kind: black-hole }',
      'Toxiproxy swallows all that the primary answers: connections are made and stay open, and nothing comes back. At its end (after 2m at the very latest, whatever the agenda says) the timeout toxic is removed from its proxy, which closes the connections that it was on',
    ],
    [
      '{ kind: reset, share: 50% }',
      'Toxiproxy resets the connection under every request to the primary, on 50% of the connections, before it gets there',
    ],
    [
      '{ kind: flapping, down: 2s, up: 5s }',
      'Toxiproxy refuses every connection to the primary for 2s and cuts those that are open, lets them through for 5s, and so on in turn',
    ],
    [
      '{ kind: throttle, rate: 2kB/s }',
      'Toxiproxy lets no more than 2kB/s of the answers of the primary come back over a connection',
    ],
    [
      '{ kind: sliced, size: 64B, variation: 8B, delay: 50ms }',
      'Toxiproxy cuts the answers of the primary into pieces of about 64B, give or take 8B, and waits 50ms after each',
    ],
    [
      '{ kind: slow-close, delay: 5s }',
      'Toxiproxy passes it on 5s late when the primary closes a connection',
    ],
    [
      '{ kind: cut-after, bytes: 3kB }',
      'Toxiproxy closes a connection to the primary once 3kB of answers have come over it',
    ],
    [
      '{ kind: reset-mid-answer }',
      'Toxiproxy resets a connection to the primary once 1kB of answers have come over it',
    ],
    ['{ kind: refused }', 'Toxiproxy refuses every connection to the primary, and cuts those that are open'],
  ])('%s', (fault, words) => {
    expect(told(fault)).toContain(words)
  })
  test.each([
    ['{ when: success-below, floor: 80%, for: 1m }', 'Fewer than 80% of requests succeed for 1m.'],
    ['{ when: p95-above, limit: 8s, for: 1m }', 'p95 is above 8s for 1m.'],
    [
      '{ when: budget-share-over, share: 20% }',
      'An outage like this would spend over 20% of the error budget with the real traffic.',
    ],
    [
      '{ when: burn-rate-over, factor: 14.4, for: 5m }',
      'The error budget burns over 14.4 times too fast for 5m.',
    ],
    ['{ when: lost-toxiproxy, for: 10s }', 'Toxiproxy does not answer for 10s.'],
  ])('%s', (rule, words) => {
    expect(told('{ kind: refused }', `[${rule}]`)).toContain(`- ${words}`)
  })
})

test('what a script answers, and what it leaves to the clock', async () => {
  const answers = `answers:
  gates: { go / no-go: go, arm break: { say: confirm, after: 2s }, clear? restore: never }
  notes: [{ phase: break, text: x }]
  abort: { phase: break, after: 5s }
`
  const text = `${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: refused } }
  - { phase: restore, length: 10s }
${answers}`
  const drill = { ...readDrillText(text), name: 'd', file: 'd.yaml', sha256: '0', promptsFile: 'p' }
  const planned = scaleAgenda(drill)
  expect(sectionOf('Who answers when nobody is there', explain(drill, planned, SETUP))).toBe(
    `- A script.
- go / no-go: go.
- arm break: confirm, 2s later.
- It writes a note.
- It aborts the drill, 5s after break begins.
- Left to the clock: did the alert fire? break (no), clear? restore (yes).`,
  )
  expect(explain({ ...drill, answers: undefined }, planned, SETUP)).not.toContain('Who answers')
})

test('of a blind drill what could be drawn, and no more', async () => {
  const friday = await load('friday-failover')
  const texts = Array.from({ length: 20 }, (_, seed) => {
    const drill = drawBlind(friday, seed)
    return explain(drill, scaleAgenda(drill), SETUP)
  })
  // Whatever was drawn, it reads the same.
  expect(new Set(texts).size).toBe(1)
  const [text = ''] = texts
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(text.slice(0, text.indexOf('What it sends')))
    .toBe(`Blind drill: 2 faults drawn from friday-failover (friday-failover, 30m)

You expect: Whatever is broken, the other provider takes over within 5s, callers
keep getting answers within the promises, and the broken one serves again by
itself within 10s after it is restored.

`)
  expect(sectionOf('What is broken', text)).toMatchInlineSnapshot(`
    "1. At T+07:00, for 6m: one of those below. It is undone at its end (after 8m at
       the very latest, whatever the agenda says).
    2. At T+15:00, for 6m: one of those below. It is undone at its end (after 8m at
       the very latest, whatever the agenda says). It is skipped if the system has
       not come home from the fault before it, and the drill is then weak.
    Each is drawn by chance, so that the same may come twice, and hidden until the
    debrief from all but an operator at a terminal of their own:
    - the key of the primary is revoked at the gate: every request is answered 401
      invalid_api_key, as the vendor would; undone, the gate accepts the key again.
    - Toxiproxy delays every piece of the answers of the primary by 4s; undone, the
      latency toxic is removed from its proxy."
  `)
})

/** The lines under a title. */
function sectionOf(title: string, text: string): string {
  const [, body = ''] = text.split(`\n${title}\n`)
  return body.split('\n\n')[0] ?? ''
}

test('tells of both faults of a phase, and which is undone where', () => {
  const text = `${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: revoke-key }, secondary: { kind: refused } }
  - { phase: restore, length: 10s }
`
  const drill = { ...readDrillText(text), name: 'd', file: 'd.yaml', sha256: '0', promptsFile: 'p' }
  expect(explain(drill, scaleAgenda(drill), SETUP).replace(/\s+/g, ' ')).toContain(
    'as the vendor would. At the same time Toxiproxy refuses every connection to the secondary, and cuts those that are open. At its end (after 30s at the very latest, whatever the agenda says) the gate accepts the key again; at the secondary its proxy is enabled again.',
  )
})

describe('a fault that is held to one tenant', () => {
  const tenants = [
    { tenant: 'alder-bikes', share: 0.5 },
    { tenant: 'fjord-supply', share: 0.5 },
  ]
  const plain = (text: string) => text.replaceAll(/\s+/g, ' ')

  test('is told with its tenant, and the sample by tenant, with the rate that it takes', async () => {
    const drill = await load('one-tenant')
    const text = plain(explain(drill, scaleAgenda(drill), { ...SETUP, perSecond: 30, tenants }))
    expect(text).toContain(
      'for requests of the tenant alder-bikes alone, the gate of the primary answers every',
    )
    expect(text).toContain('About every other one is of alder-bikes, whom a fault is held to.')
    expect(text).toContain(
      '420 requests, judged by tenant: alder-bikes 210, fjord-supply 210. To claim 99.5% with none failed it takes 736 of each: too few: 105.2 a second would do.',
    )
  })

  test('gives nothing away where it is hidden', async () => {
    const written = await load('one-tenant')
    const drill = drawBlind(written, 1)
    const text = plain(explain(drill, scaleAgenda(drill), { ...SETUP, perSecond: 30, tenants }))
    expect(text).toContain('one of those below')
    expect(text).not.toContain('judged by tenant')
    // Of those that could be drawn, whoever was.
    expect(text).toContain('About every other one is of alder-bikes')
  })
})
