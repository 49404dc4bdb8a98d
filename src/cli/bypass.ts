import { EXIT, GamedayError, nearestWord, PROVIDER_ROLES, type ProviderRole } from '../base/index.ts'
import { askBypass, type RunningRouter } from '../router/index.ts'
import type { Io } from './io.ts'
import { findRouters } from './running-router.ts'

export interface BypassFlags {
  router?: string
  to?: string
}

/** Bypasses a running router, takes that back, or says how those that run stand. */
export async function bypass(word: string | undefined, flags: BypassFlags, io: Io): Promise<number> {
  const to = readSwitch(word, flags.to)
  const routers = await findRouters(flags.router, io)
  if (to === undefined) {
    for (const router of routers) io.stdout.write(`${standingText(router)}\n`)
    return EXIT.ok
  }
  const [router, ...more] = routers
  if (router === undefined || more.length > 0) throw severalRouters(routers)
  const before = router.standing.bypass?.to ?? null
  const standing = await askBypass(router, { to })
  io.stdout.write(`${standingText({ ...router, standing }, before === to)}\n`)
  return EXIT.ok
}

/** Where to go by the words that were typed; undefined where only the state is asked for. */
function readSwitch(word: string | undefined, to: string | undefined): ProviderRole | null | undefined {
  if (word !== 'on' && to !== undefined)
    throw wrong(`--to ${to} has no meaning without on`, 'Write gameday bypass on --to secondary.')
  if (word === undefined) return undefined
  if (word === 'off') return null
  if (word !== 'on') {
    const meant = nearestWord(word, ['off', 'on'])
    throw wrong(
      `bypass ${word} is neither on nor off`,
      `${meant === null ? '' : `Did you mean ${meant}? `}Write gameday bypass on, gameday bypass off, or gameday bypass alone to see how it stands.`,
    )
  }
  if (to === undefined) return 'primary'
  const role = PROVIDER_ROLES.find((one) => one === to)
  if (role !== undefined) return role
  throw wrong(`--to ${to} is no provider`, `Write --to ${PROVIDER_ROLES.join(' or --to ')}.`)
}

function standingText({ url, config, standing }: RunningRouter, isNoNews = false): string {
  const { state, bypass: now, inFlight } = standing
  const already = isNoNews ? ' already' : ''
  const way =
    now === null
      ? `routes${already}`
      : `is bypassed${already} to the ${now.to} since ${now.since}: new requests go straight there, without failover, guardrails and cache, until gameday bypass off or a restart`
  const ending = state === 'draining' ? ', and is stopping' : ''
  return `The router on ${url} (${config}) ${way}${ending}. Under way: ${inFlight}.`
}

function severalRouters(routers: readonly RunningRouter[]): GamedayError {
  const named = routers.map(({ url, config }) => `${new URL(url).port} (${config})`).join(', ')
  return new GamedayError(`${routers.length} routers serve on this machine`, {
    code: 'SEVERAL_ROUTERS',
    exitCode: EXIT.usage,
    hint: `Name one of ${named}: --router <port>.`,
  })
}

const wrong = (message: string, hint: string) => new GamedayError(message, { code: 'BAD_FLAG', hint })
