import type { InForce } from './in-force.ts'
import type { Target } from './target.ts'
import type { RouterState } from './types.ts'

/** Says how the router stands. */
export function stateOf(inForce: InForce, isDraining: boolean): RouterState {
  const { now, bypass, underWay } = inForce
  const { sha256 = null, awaitsRestart = [] } = now.settings.source ?? {}
  return {
    state: isDraining ? 'draining' : bypass === null ? 'routing' : 'bypassed',
    bypass: bypass === null ? null : { to: bypass.to, since: bypass.since.toISOString() },
    settings: { sha256, since: now.since.toISOString(), awaitsRestart },
    inFlight: underWay,
    targets: now.targets.map(targetState),
    cache: now.besides.cache?.answers.stats() ?? null,
  }
}

function targetState({ config, standing, inFlight }: Target): RouterState['targets'][number] {
  const { circuit, lastFailure } = standing
  const { since, ...state } = circuit
  return {
    role: config.role,
    provider: config.name,
    format: config.format,
    circuit: { ...state, since: since.toISOString() },
    inFlight: inFlight.count,
    lastFailure: lastFailure === null ? null : { class: lastFailure.class, at: lastFailure.at.toISOString() },
  }
}
