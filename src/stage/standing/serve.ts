import { EXIT, GamedayError, type Clock, type ProviderRole } from '../../base/index.ts'
import type { Config } from '../../config/index.ts'
import { portOf, startParts, type ProxyMaking, type RunningParts, type WantedProxy } from '../parts.ts'
import type { StagedToxiproxy } from '../toxiproxy.ts'
import type { StageFacts } from './facts.ts'
import { withStandingPorts } from './ports.ts'
import type { StageSecrets } from './secrets.ts'

export interface StandingStage {
  /** Where drills attach. */
  url: string
  facts: StageFacts
  /** Lets what is under way come to its end, and takes everything down. Returns what could not be. */
  stop: () => Promise<string[]>
}

export interface StandingStageOptions {
  config: Config
  realKeys: Partial<Record<ProviderRole, string>>
  secrets: StageSecrets
  about: Pick<StageFacts, 'version' | 'pid' | 'startedAt'>
  /** How long answers under way may take when it is stopped. */
  graceMs: number
  clock: Clock
  onDeath: (error: Error) => void
}

/** What simulated providers draw from: a stage is no drill that is repeated. */
const SEED = 1

/**
 * Starts gate, providers and Toxiproxy to stay, on ports that are the same after every start. Drills come and go: they
 * put their faults on it and take them off again, and never take it down.
 *
 * @throws GamedayError `PORT_TAKEN` and what else keeps a part from coming up; then nothing is left running
 */
export async function startStandingStage(options: StandingStageOptions): Promise<StandingStage> {
  const { realKeys, secrets, about, graceMs, clock, onDeath } = options
  const config = withStandingPorts(options.config)
  const parts = await startParts({
    config,
    realKeys,
    keys: secrets.keys,
    gateToken: secrets.token,
    seed: SEED,
    proxyName: (role) => `gameday-stage-${role}`,
    makeProxy: standingProxy,
    graceMs,
    clock,
    onDeath,
  })
  const facts = factsOf(parts, config, about)
  parts.tell(facts)
  return { url: parts.gateUrl, facts, stop: parts.stop }
}

function factsOf(
  { keys, proxies, toxiproxy }: RunningParts,
  { providers }: Config,
  about: StandingStageOptions['about'],
): StageFacts {
  return {
    schema: 'gameday.stage/1',
    ...about,
    keys,
    proxies,
    toxiproxy: { kind: toxiproxy.kind, version: toxiproxy.version, url: toxiproxy.control.url },
    providers,
  }
}

/** A proxy that a stage which was killed has left on somebody's Toxiproxy is taken over as it is. */
function standingProxy(wanted: WantedProxy, { control }: StagedToxiproxy): ProxyMaking {
  let ours = false
  return {
    make: async () => {
      const found = await control.getProxy(wanted.name)
      const isSame =
        found !== null && found.upstream === wanted.upstream && portOf(found.listen) === portOf(wanted.listen)
      if (found !== null && !isSame) throw taken(wanted, found, control.url)
      ours = true
      if (found === null) return control.createProxy({ ...wanted, enabled: true })
      return found.enabled ? found : control.setEnabled(wanted.name, true)
    },
    unmake: async () => {
      if (ours) await control.deleteProxy(wanted.name)
    },
  }
}

function taken(wanted: WantedProxy, found: { listen: string; upstream: string }, url: string): GamedayError {
  return new GamedayError(
    `Toxiproxy at ${url} has a proxy ${wanted.name} already, from ${found.listen} to ${found.upstream} and not from ${wanted.listen} to ${wanted.upstream}`,
    {
      code: 'STAGE_PROXY_TAKEN',
      exitCode: EXIT.usage,
      hint: `Another stage may be using it. If not: curl -X DELETE ${url}/proxies/${wanted.name}.`,
    },
  )
}
