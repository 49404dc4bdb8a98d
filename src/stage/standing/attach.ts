import { isDeepStrictEqual } from 'node:util'
import { EXIT, GamedayError, messageOf, PROVIDER_ROLES, type Clock } from '../../base/index.ts'
import type { Config, ToxiproxyConfig } from '../../config/index.ts'
import { gateControl } from '../../providers/index.ts'
import { toxiproxyControl } from '../../toxiproxy/index.ts'
import type { StageParts } from '../parts.ts'
import { stageFactsSchema, type StageFacts } from './facts.ts'

/** A stage that stands, found and known by its own words. */
export interface AttachedStage {
  /** Where it is commanded. */
  url: string
  token: string
  facts: StageFacts
}

const CONTROL_TIMEOUT_MS = 5000
/** Two readings of one monotonic clock lie within the call between them, up to how finely they are taken. */
const CLOCK_SLACK_MS = 5

/**
 * Finds a standing stage, and makes sure that it is one for this drill: a stage of this version, on this machine's
 * clock, with the providers of this configuration. Changes nothing.
 *
 * @throws GamedayError `STAGE_UNUSABLE`, `STAGE_ELSEWHERE` or `STAGE_DIFFERS`, with exit code 3
 */
export async function attachStage(
  { url, token }: { url: string; token: string },
  { providers, clock }: { providers: Config['providers']; clock: Clock },
): Promise<AttachedStage> {
  const gate = gateControl({ url, token, timeoutMs: CONTROL_TIMEOUT_MS })
  const beforeMs = clock.now()
  const { nowMs, about } = await gate.about().catch((error: unknown) => {
    const hint = error instanceof GamedayError ? error.hint : undefined
    throw unusable(url, messageOf(error), hint ?? 'Start it: gameday serve stage.')
  })
  const afterMs = clock.now()
  if (about === null) throw unusable(url, 'it is the gate of a drill', 'Name a stage: gameday serve stage.')
  const facts = stageFactsSchema.safeParse(about)
  if (!facts.success)
    throw unusable(url, 'it is of another version', 'Start it again with this version: gameday serve stage.')
  if (nowMs < beforeMs - CLOCK_SLACK_MS || nowMs > afterMs + CLOCK_SLACK_MS) throw elsewhere(url)
  const differing = differences(providers, facts.data)
  if (differing.length > 0) throw differs(url, differing)
  return { url, token, facts: facts.data }
}

/** The parts of a standing stage, as a run uses them. */
export function partsOf({ url, token, facts }: AttachedStage, { timeout }: ToxiproxyConfig): StageParts {
  const { keys, proxies, toxiproxy } = facts
  return {
    gate: gateControl({ url, token, timeoutMs: CONTROL_TIMEOUT_MS }),
    gateUrl: url,
    gateToken: token,
    keys,
    proxies,
    toxiproxy: {
      kind: toxiproxy.kind,
      version: toxiproxy.version,
      control: toxiproxyControl({ url: toxiproxy.url, timeoutMs: timeout }),
    },
  }
}

/** Where a stage's providers are not those that the drill reckons with: its price, its model, its address. */
function differences(providers: Config['providers'], facts: StageFacts): string[] {
  return PROVIDER_ROLES.flatMap((role) => {
    // As it crosses the wire: what is undefined here is not there at all.
    const here = JSON.parse(JSON.stringify(providers[role])) as Record<string, unknown>
    const there: Record<string, unknown> = facts.providers[role]
    return [...new Set([...Object.keys(here), ...Object.keys(there)])]
      .filter((name) => !isDeepStrictEqual(here[name], there[name]))
      .map((name) => `providers.${role}.${name}`)
  })
}

function unusable(url: string, why: string, hint: string): GamedayError {
  return new GamedayError(`no drill can use a stage at ${url}: ${why}`, {
    code: 'STAGE_UNUSABLE',
    exitCode: EXIT.notReady,
    hint,
  })
}

function elsewhere(url: string): GamedayError {
  return new GamedayError(
    `the stage at ${url} runs by the clock of another host: what its gates saw cannot be laid beside what the load saw`,
    {
      code: 'STAGE_ELSEWHERE',
      exitCode: EXIT.notReady,
      hint: 'Run gameday on the machine where the stage is; the router may be on any.',
    },
  )
}

function differs(url: string, paths: string[]): GamedayError {
  return new GamedayError(
    `the stage at ${url} was started with other providers than this drill reckons with: ${paths.join(', ')}`,
    {
      code: 'STAGE_DIFFERS',
      exitCode: EXIT.notReady,
      hint: 'Start the stage again with this configuration, or name its own with --config.',
    },
  )
}
