import { formatDuration, parsePercent } from '../../base/index.ts'
import { leastSample } from '../../slo/index.ts'
import type { InitAnswers } from './answers.ts'
import { requestsInWindow } from './config-file.ts'
import { written, type Line } from './lines.ts'

/** How a drill looks that runs in a minute, and one that real providers bill. Lengths in seconds, and the least of each. */
interface Shape {
  perSecond: number
  controlShare: string
  baseline: [number, number]
  break: [number, number]
  restore: [number, number]
}

// Service counts as stable when a hundred requests in a row are good: it takes their time to see it leave and come home.
// Simulated requests cost nothing; at 20/s that is five seconds.
const SIMULATED: Shape = {
  perSecond: 20,
  controlShare: '5%',
  baseline: [10, 5],
  break: [15, 10],
  restore: [20, 15],
}
// Real ones cost money, and a new account is often allowed some hundred a minute: 25 seconds, at a fifth of the rate.
const REAL: Shape = {
  perSecond: 4,
  controlShare: '25%',
  baseline: [20, 10],
  break: [60, 40],
  restore: [45, 40],
}

/** `drills/smoke.yaml`, every line explained. */
export function drillFile({ providers, promise, traffic }: InitAnswers): string {
  const shape = providers === null ? SIMULATED : REAL
  const { perSecond, controlShare } = shape
  return written([
    '# The smoke drill: does the router fail over when the primary’s key dies, and does it come home? `gameday smoke` runs',
    '# it, and so does CI. `gameday init` wrote it; it is yours to change. `gameday explain smoke` says what it will do.',
    '',
    ['version: 1', 'of this format'],
    ['title: "Smoke drill: the primary’s key is revoked"', 'the report’s first line'],
    ['hypothesis: >-', 'what you expect; the report says whether it was so'],
    '  When the primary’s key is revoked, the secondary takes over within five seconds, and the primary serves again by',
    '  itself soon after it is restored.',
    ...claimed(promise.success, shape),
    '',
    'objectives:  # what you promise your clients: judged over the outage alone',
    [`  success: ${promise.success}`, 'share of requests that succeed'],
    [`  p95: ${promise.p95}`, '95 % of them end within it; a failure counts as infinitely slow'],
    [`  cost: ${promise.cost}`, 'average of a successful request, in US dollars'],
    ['  window: 30d', 'of the error budget'],
    [`  requests: ${requestsInWindow(traffic)}`, 'in it'],
    '',
    'traffic:',
    [`  rate: ${traffic}`, 'what your own clients send: the report says what a real outage would spend'],
    '',
    'targets:',
    ['  failover: 5s', 'from the key’s death to stable service by the secondary'],
    ['  failback: 10s', 'from its restoring to stable service at home'],
    ['  tax: 50ms', 'what the router may add to a request in between'],
    '',
    'load:',
    [`  rate: ${perSecond}/s`, 'what the drill sends through the router'],
    [`  controlShare: ${controlShare}`, `of it again past the router: 1/s shows that the fault is in force`],
    ['  streams: 60%', 'share of requests that ask for a stream'],
    ['  # prompts: ours.yaml', 'what is asked, beside this file; gameday brings its own along'],
    '',
    'abort:  # whichever comes first stops the drill and restores everything',
    ...abortRules(providers !== null),
    '',
    'agenda:',
    ['  - phase: baseline', 'nothing is broken, and nothing will be unless all is well'],
    ...lengthOf(shape.baseline, 'where --duration makes the drill shorter'),
    '    lead: "Baseline: nothing is broken."',
    ['  - phase: go-no-go', 'unattended, the baseline decides'],
    ['    length: 1s', '30s where people hold it: nobody answers in one'],
    '    lead: "Go, if the baseline held."',
    ['  - phase: break', 'the gate refuses the primary’s key from now on; your real key stays good'],
    '    name: revoked key',
    ...lengthOf(shape.break),
    '    fault: { kind: revoke-key }',
    [`    cap: ${formatDuration(shape.break[0] * 2000)}`, 'whatever happens, it is undone by then'],
    '    lead: "The primary’s key is revoked."',
    ['  - phase: restore', 'the key is good again: the primary has to come home by itself'],
    '    name: key restored',
    ...lengthOf(shape.restore),
    '    lead: "The key is good again."',
  ])
}

/** Why the promise is not claimed, and what it would take: worked out from the promise and the drill's own numbers. */
function claimed(success: string, { perSecond, break: [breakS] }: Shape): Line[] {
  const needed = leastSample(parsePercent(success) ?? 0)
  const rate = Math.ceil((needed / breakS) * 10) / 10
  const longer = formatDuration(Math.ceil(needed / perSecond) * 1000)
  const enough = perSecond * breakS >= needed
  return [
    ['claim: behaviour', 'failover and coming home; slo: the promise as well'],
    ...(enough
      ? []
      : [
          `# The outage holds ${perSecond * breakS} requests, too few to prove ${success}: that takes ${needed}, and none of them failed.`,
          `# For claim: slo the rate has to be ${rate}/s, or the break ${longer} long.`,
        ]),
  ]
}

function lengthOf([lengthS, leastS]: [number, number], comment = ''): Line[] {
  const least = `    atLeast: ${leastS}s`
  return [`    length: ${lengthS}s`, comment === '' ? least : [least, comment]]
}

function abortRules(isReal: boolean): Line[] {
  return [
    '  - when: lost-toxiproxy',
    ['    for: 5s', 'the fault injector does not answer'],
    ...(isReal
      ? ([
          '  - when: success-below',
          ['    floor: 50%', 'the router did not fail over: nothing more is to be learnt'],
          '    for: 30s',
        ] satisfies Line[])
      : []),
  ]
}
