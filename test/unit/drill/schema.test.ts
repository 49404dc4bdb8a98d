import { describe, expect, test } from 'vitest'
import { FAULT_KINDS } from '../../../src/drill/index.ts'
import { HEAD, problemsOfDrill, readDrillText } from '../../support/drill-text.ts'

const AGENDA = `agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: refused } }
  - { phase: restore, length: 10s, atLeast: 5s }
`

test('gives every setting that is left out its default', () => {
  expect(readDrillText(HEAD + AGENDA)).toMatchObject({
    claim: 'slo',
    objectives: { success: 0.995, p95: 2500, cost: 0.015, window: 2_592_000_000, requests: 10_000 },
    targets: { failover: 5000, failback: 15_000, tax: 50 },
    load: {
      rate: 10,
      arrivals: 'poisson',
      seed: 1,
      streams: 0.6,
      prompts: 'prompts.yaml',
      timeout: 10_000,
      controlShare: 0.02,
    },
    steadyState: { success: 0.99, primaryShare: 0.95 },
    abort: [],
  })
})

test('keeps the length of a measured phase that names no atLeast, and lets a talking one shrink to nothing', () => {
  expect(readDrillText(HEAD + AGENDA).agenda.map(({ atLeast }) => atLeast)).toEqual([10_000, 0, 20_000, 5000])
})

test('skips a break after a fault that was not recovered from, unless it says otherwise', () => {
  const skip = (text: string) =>
    readDrillText(text).agenda.map((phase) => (phase.phase === 'break' ? phase.skipIfNotRecovered : null))
  expect(skip(HEAD + AGENDA)).toEqual([null, null, true, null])
  expect(skip(HEAD + AGENDA.replace('cap: 30s', 'cap: 30s, skipIfNotRecovered: false'))).toEqual([
    null,
    null,
    false,
    null,
  ])
})

test('takes what people say as one line or as several', () => {
  const text = AGENDA.replace('length: 1s', 'length: 1s, lead: Go?, operator: [Ready, Set]')
  expect(readDrillText(HEAD + text).agenda[1]).toMatchObject({ lead: ['Go?'], operator: ['Ready', 'Set'] })
})

test('takes pins, a canary and limits in flight for its own router', () => {
  const router = {
    pins: [{ tenant: 'acme', provider: 'secondary', failover: false }],
    canary: { primary: 9, secondary: 1 },
    inFlight: { primary: 5 },
  }
  expect(readDrillText(`${HEAD}router: ${JSON.stringify(router)}\n${AGENDA}`).router).toEqual(router)
})

describe('refuses', () => {
  test.each([
    [
      'a canary of nothing',
      `${HEAD}router: { canary: { primary: 0, secondary: 0 } }\n${AGENDA}`,
      'd.yaml:6:11: router.canary: found a map; write a weight above 0 for one of them, such as { primary: 9, secondary: 1 }',
    ],
    [
      'an unknown version',
      HEAD.replace('version: 1', 'version: 2') + AGENDA,
      'd.yaml:1:10: version: found 2; write 1',
    ],
    [
      'a promise of every request',
      HEAD.replace('99.5%', '100%') + AGENDA,
      'd.yaml:4:24: objectives.success: found "100%"; write a percentage such as 99.5%, over 0% and under 100%',
    ],
    [
      'a rate of nothing',
      `${HEAD}load: { rate: 0/s }\n${AGENDA}`,
      'd.yaml:6:15: load.rate: found "0/s"; write a rate such as 10/s, 14/min or 600/h, between 0.1/s and 2000/s',
    ],
    [
      'a drill without control lane',
      `${HEAD}load: { controlShare: 0% }\n${AGENDA}`,
      'd.yaml:6:23: load.controlShare: found "0%"; write a percentage such as 99.5%, between 0.1% and 50%',
    ],
    [
      'an unknown fault',
      HEAD + AGENDA.replace('refused', 'refusd'),
      `d.yaml:9:59: agenda[2].fault.kind: found "refusd"; did you mean "refused"? write one of ${FAULT_KINDS.join(', ')}`,
    ],
    [
      'a parameter of another fault',
      HEAD + AGENDA.replace('kind: refused', 'kind: refused, delay: 1s'),
      'd.yaml:9:68: agenda[2].fault.delay: unknown key; remove it, or write one of kind',
    ],
    [
      'a fault that lacks its parameter',
      HEAD + AGENDA.replace('kind: refused', 'kind: latency'),
      'd.yaml:9:44: agenda[2].fault.latency: missing; write a length of time such as 250ms, 2.5s, 6m or 2m30s, between 1ms and 10m',
    ],
    [
      'an unknown provider',
      HEAD + AGENDA.replace('cap: 30s', 'cap: 30s, target: third'),
      'd.yaml:9:52: agenda[2].target: found "third"; write one of primary, secondary, router',
    ],
    [
      'a break without a cap',
      HEAD + AGENDA.replace('cap: 30s, ', ''),
      'd.yaml:9:5: agenda[2].cap: missing; write a length of time such as 250ms, 2.5s, 6m or 2m30s, between 1ms and 8h',
    ],
    [
      'a fault in a phase that breaks nothing',
      HEAD + AGENDA.replace('length: 10s }', 'length: 10s, fault: { kind: refused } }'),
      'd.yaml:7:37: agenda[0].fault: unknown key; remove it, or write one of phase, name, length, lead, operator, scribe, atLeast',
    ],
    [
      'a name that would send a terminal commands',
      HEAD + AGENDA.replace('length: 1s', 'length: 1s, name: "a\\e[2Jb"'),
      'd.yaml:8:42: agenda[1].name: found "a\\u001b[2Jb"; write text without control characters',
    ],
    [
      'a title over several lines',
      HEAD.replace('A drill', '"A\\ndrill"') + AGENDA,
      'd.yaml:2:8: title: found "A\\ndrill"; write text on one line, without control characters',
    ],
    [
      'a name that no heading can hold',
      HEAD + AGENDA.replace('length: 1s', `length: 1s, name: ${'n'.repeat(41)}`),
      `d.yaml:8:42: agenda[1].name: found "${'n'.repeat(41)}"; write a name of 1 to 40 characters`,
    ],
    [
      'an abort rule without its limit',
      `${HEAD}abort: [{ when: success-below, for: 1m }]\n${AGENDA}`,
      'd.yaml:6:9: abort[0].floor: missing; write a percentage such as 99.5%, at most 100%',
    ],
    [
      'an override that no router has',
      `${HEAD}router: { timeouts: { frist: 1s } }\n${AGENDA}`,
      'd.yaml:6:23: router.timeouts.frist: unknown key; remove it, or write one of headers, firstToken, interToken, total',
    ],
    [
      'an override of where the router listens',
      `${HEAD}router: { port: 1 }\n${AGENDA}`,
      'd.yaml:6:11: router.port: unknown key; remove it, or write one of attempts, retrySameTarget, timeouts, circuit, pins, canary, inFlight, guardrails, cache, promptCache',
    ],
    [
      'an override with a bad unit',
      `${HEAD}providers: { primary: { firstToken: { p50: fast } } }\n${AGENDA}`,
      'd.yaml:6:44: providers.primary.firstToken.p50: found "fast"; write a length of time such as 250ms, 2.5s, 6m or 2m30s, at most 10m',
    ],
  ])('%s', (_name, text, problem) => {
    expect(problemsOfDrill(text)).toEqual([problem])
  })
})

const RATE = 'write whole kilobytes a second such as 2kB/s, between 1kB/s and 1000MB/s'
const SIZE = 'write a whole number of bytes such as 600B, 2kB or 1MB'

test.each([
  ['{ kind: throttle, rate: 0kB/s }', 'rate', RATE],
  ['{ kind: throttle, rate: -1kB/s }', 'rate', RATE],
  ['{ kind: sliced, size: 0B, delay: 1ms }', 'size', `${SIZE}, between 1B and 1MB`],
  ['{ kind: cut-after, bytes: -1B }', 'bytes', `${SIZE}, at most 1000MB`],
  ['{ kind: flapping, down: 10ms, up: 1s }', 'down', 'between 500ms and 1h'],
  ['{ kind: black-hole, share: 0% }', 'share', 'between 1% and 100%'],
  ['{ kind: reset, share: 101% }', 'share', 'between 1% and 100%'],
])('refuses what Toxiproxy would die of, or take for something else: %s', (fault, key, instead) => {
  const problems = problemsOfDrill(HEAD + AGENDA.replace('{ kind: refused }', fault))
  expect(problems).toEqual([expect.stringMatching(`agenda\\[2\\].fault.${key}: found "[^"]*"; write`)])
  expect(problems[0]).toContain(instead)
})
