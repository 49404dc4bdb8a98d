import { formatBytes } from '../base/index.ts'
import type { FaultResult, ObjectiveResult, Result } from '../record/index.ts'
import { tenantOfFault } from './compose/tenants.ts'
import { percent, span, timeOrInfinite, usd, usdOrInfinite } from './format.ts'

/** Phrases that the report, the step summary and the terminal share. Plain text: whoever prints them escapes them. */

type Parameters = FaultResult['parameters']

const ms = (parameters: Parameters, name: string) =>
  typeof parameters[name] === 'number' ? span(parameters[name]) : 'some time'

const times = ({ factor }: Parameters) => (typeof factor === 'number' ? `${factor} times` : 'several times')
const size = (parameters: Parameters, name: string) =>
  typeof parameters[name] === 'number' ? formatBytes(parameters[name]) : 'some bytes'

/** Where only a share of the connections was hit. */
const on = ({ share }: Parameters) =>
  typeof share === 'number' && share < 1 ? `, on ${percent(share)} of its connections` : ''

/** What each kind of fault did to its target. The kind is any word: a result may be of another version. */
const DID: Record<string, ((target: string, parameters: Parameters) => string) | undefined> = {
  'revoke-key': (target) => `the ${target}’s key was refused`,
  'rate-limited': (target) => `the ${target} said that it was asked too often`,
  'quota-exhausted': (target) => `the ${target}’s quota was used up`,
  'server-error': (target) => `the ${target} answered with server errors`,
  overloaded: (target) => `the ${target} said that it was overloaded`,
  'request-refused': (target, { shape }) =>
    `the ${target} refused requests as ${shape === 'tools-unsupported' ? 'ones that need tools' : 'too long for it'}`,
  'slow-headers': (target, of) => `the ${target} said nothing at all for ${ms(of, 'delay')}`,
  'slow-first-token': (target, of) => `the ${target} took ${ms(of, 'delay')} longer to its first token`,
  'pings-only': (target) => `the ${target} sent signs of life and no token`,
  'stalled-stream': (target) => `streams of the ${target} stood still in the middle`,
  'truncated-stream': (target) => `streams of the ${target} ended in the middle`,
  'stream-error': (target) => `streams of the ${target} ended with an error after a 200`,
  'malformed-chunk': (target) => `streams of the ${target} held an event that could not be read`,
  'empty-answer': (target) => `the ${target} answered 200 without content`,
  'wrong-content-type': (target, { shape }) =>
    shape === 'plain-text'
      ? `answers of the ${target} were labelled text/plain`
      : `the ${target} answered with a page in HTML`,
  'long-answer': (target, of) => `answers of the ${target} were ${times(of)} as long`,
  'price-multiplied': (target, of) => `the ${target} billed ${times(of)} the price`,
  latency: (target, of) => `every answer of the ${target} came ${ms(of, 'latency')} late${on(of)}`,
  'by-hand': (target) => `the ${target}’s key was revoked by hand at the vendor`,
  'router-killed': () => 'the router was killed',
  refused: (target) => `the ${target} refused every connection`,
  'black-hole': (target, of) => `nothing came back from the ${target}${on(of)}`,
  reset: (target, of) => `the ${target}’s connections were reset under every request${on(of)}`,
  flapping: (target, of) =>
    `the ${target} refused connections for ${ms(of, 'down')}, took them for ${ms(of, 'up')}, and so on`,
  throttle: (target, of) => `the ${target}’s answers came back at ${size(of, 'rate')}/s at most${on(of)}`,
  'slow-close': (target, of) => `the ${target}’s connections closed ${ms(of, 'delay')} late${on(of)}`,
  sliced: (target, of) =>
    `the ${target}’s answers came in pieces of ${size(of, 'size')}, ${ms(of, 'delay')} apart${on(of)}`,
  'cut-after': (target, of) =>
    `the ${target}’s connections closed after ${size(of, 'bytes')} of answers${on(of)}`,
  'reset-mid-answer': (target, of) =>
    `the ${target}’s connections were reset after ${size(of, 'bytes')} of answers${on(of)}`,
}

/** Says what a fault did to its target: `the primary’s key was refused`. */
export function whatItDid(fault: FaultResult): string {
  const { kind, target, parameters } = fault
  const did = DID[kind]?.(target, parameters) ?? `${kind} was in force on the ${target}`
  const tenant = tenantOfFault(fault)
  return tenant === null ? did : `for the tenant ${tenant} alone ${did}`
}

/** Names a fault in a heading or a cell: `1 · revoke-key`, with its target where that is not the primary, and its tenant. */
export function faultLabel(
  fault: Pick<FaultResult, 'kind' | 'target' | 'parameters'>,
  index: number,
): string {
  const { kind, target } = fault
  const tenant = tenantOfFault(fault)
  const which = [...(target === 'primary' ? [] : [target]), ...(tenant === null ? [] : [`${tenant} alone`])]
  return `${index + 1} · ${kind}${which.length === 0 ? '' : ` (${which.join(', ')})`}`
}

/** Names an outage by its fault, or by both where both providers were out. */
export function outageLabel(faults: readonly FaultResult[], index: number): string {
  const fault = faults[index]
  const beside = fault?.beside === undefined ? undefined : faults[fault.beside]
  if (fault === undefined) return `${index + 1}`
  if (fault.beside === undefined || beside === undefined) return faultLabel(fault, index)
  return `${faultLabel(fault, index)} + ${faultLabel(beside, fault.beside)}`
}

/** How the observed value of an objective is written. */
export function observedText({ id, observed }: ObjectiveResult): string {
  if (observed === null) return 'unknown'
  if (id === 'success') return observed === 'inf' ? '∞' : percent(observed)
  return id === 'p95' ? timeOrInfinite(observed) : usdOrInfinite(observed)
}

export function targetText({ id, target }: ObjectiveResult): string {
  return id === 'success' ? `≥ ${percent(target)}` : id === 'p95' ? `< ${span(target)}` : `< ${usd(target)}`
}

/** The interval without repeating the unit: `99.78–100 %`, `909–927 ms`. */
export function intervalText({ id, interval }: ObjectiveResult): string | null {
  // A percentile that fell among the failures is infinite from end to end: saying it three times adds nothing.
  if (interval === null || interval[0] === 'inf') return null
  const [low, high] = interval.map((bound) =>
    observedText({ id, observed: bound, interval: null, n: 0, target: 0, verdict: 'inconclusive' }),
  )
  const [lowText, highText] = [low ?? '', high ?? '']
  const unit = / \S+$/.exec(highText)?.[0]
  const shared = unit !== undefined && lowText.endsWith(unit) && !lowText.includes(' min')
  return `${shared ? lowText.slice(0, -unit.length) : lowText}–${highText}`
}

/** `simulated`, `real`, or which is which. */
export function providersText({ environment }: Result): string {
  const kinds = new Set(environment.providers.map(({ kind }) => kind))
  if (kinds.size === 1) return `${[...kinds][0]} providers`
  return environment.providers.map(({ role, kind }) => `${kind} ${role}`).join(', ')
}

/** Sums up the findings: `none`, or `3 (1 critical, 2 major)`. */
export function findingsText({ findings }: Result): string {
  if (findings.length === 0) return 'none'
  const bySeverity = (['critical', 'major', 'minor', 'info'] as const)
    .map((severity) => ({ severity, n: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ n }) => n > 0)
  return `${findings.length} (${bySeverity.map(({ severity, n }) => `${n} ${severity}`).join(', ')})`
}

/** The verdict in capitals, as it heads a report; a fault of gameday itself has none. */
export function verdictWord({ verdict }: Result): string {
  return verdict === null ? 'GAMEDAY FAILED' : verdict.replace('-', ' ').toUpperCase()
}

/** Whose router it was, and whether it was in the way at all: `embedded router`, `embedded router, bypassed to primary`. */
export function routerText({ environment: { router } }: Pick<Result, 'environment'>): string {
  return `${router.kind} router${router.bypass === undefined ? '' : `, bypassed to ${router.bypass}`}`
}
