import { resolveRedis, routerAccess, type Config, type RouterAccess } from '../../config/index.ts'
import type { Stage } from '../../stage/index.ts'
import { accessTo } from '../path-check/access.ts'
import { checkPath } from '../path-check/check.ts'
import { atTheAddress } from '../path-check/judge.ts'
import { lookAt } from '../path-check/look.ts'
import { strike } from './failover.ts'
import { findStage, type Found } from './find-stage.ts'
import { judgeFailover } from './judge-failover.ts'
import { findingOf, inEnvironment, lackOf } from './lack.ts'
import { askProviders, lookAtPrices } from './providers.ts'
import { promptFor } from './question.ts'
import { onStage } from './stage.ts'
import { lookAtToxiproxy } from './toxiproxy.ts'
import type { ExamineInput, Finding, Part, Tell } from './types.ts'

/** Of a path check, what is about the stage and not about the router. */
const OF_THE_STAGE = new Set(['stage is whole', 'way to the gates', 'providers answer'])

/**
 * Looks at everything that a drill needs, and at the way that its questions go:
 *
 *     keys -> providers -> Toxiproxy -> stage -> the way to the gates -> router -> failing over
 *
 * A lack does not keep it from what does not depend on it. What it puts up it takes down; of others' it changes nothing,
 * except, where it may, for the requests of its own.
 *
 * @throws GamedayError `DOCTOR_STOPPED` when somebody wants it to end
 */
export async function examine(input: ExamineInput, tell: Tell): Promise<void> {
  const found = await findStage(input)
  const router = lookAtAccess(input, tell)
  const settings = redisIn(input, tell)
  lookAtPrices(input, tell)
  // A stage that stands holds the keys, and asks the providers itself.
  const { providers, realKeys } =
    found.at === 'standing' ? { ...input.config, realKeys: {} } : await askProviders(input, tell)
  const config = { ...settings, providers }

  const hasToxiproxy = await lookAtTheirToxiproxy(found, input, tell)
  let isUp = false
  if (found.at === 'none') tell(found.lack)
  else if (hasToxiproxy) {
    const standing = found.at === 'standing' ? found.standing : null
    await onStage(
      input,
      { config, realKeys, standing, access: router.access },
      tell,
      async (stage, tellOn) => {
        isUp = true
        await walk(stage, { ...input, config }, router.isWhole, tellOn)
      },
    )
  }
  if (isUp) return
  tell(unseen('stage', 'way to the gates'))
  if (router.access !== null) await lookAtRouter(router.access, input, tell)
  tell(unseen('router', 'way through the router'))
  tell(unseen('failover', 'failing over'))
}

const unseen = (part: Part, check: string): Finding => ({
  part,
  check,
  state: 'open',
  detail: 'not looked at: something above it is lacking',
})

/** How the router is asked; null for the embedded one. */
interface Router {
  access: RouterAccess | null
  /** Whether nothing that it takes to ask it is missing. */
  isWhole: boolean
}

/** Finds what it takes to ask the router; where something is missing, at least where it is. */
function lookAtAccess({ config, env }: ExamineInput, tell: Tell): Router {
  try {
    return { access: routerAccess(config, env), isWhole: true }
  } catch (error) {
    const { router, providers } = config
    if (router.kind === 'embedded') throw error
    const { url, key, format, model = providers.primary.model } = router
    const isKey = env[key] === undefined || env[key] === ''
    tell(lackOf(error, 'configuration', 'router', isKey ? inEnvironment(key) : undefined))
    return { access: { url, format, model, key: 'unknown', headers: {} }, isWhole: false }
  }
}

/** The configuration with the address of its Redis, where it names a variable that holds one. */
function redisIn({ config, env }: ExamineInput, tell: Tell): Config {
  try {
    return resolveRedis(config, env)
  } catch (error) {
    tell(lackOf(error, 'configuration', 'router.cache'))
    return config
  }
}

async function lookAtTheirToxiproxy(found: Found, input: ExamineInput, tell: Tell): Promise<boolean> {
  const standing = found.at === 'standing' ? found.standing.facts.toxiproxy.url : undefined
  const url = standing ?? input.config.toxiproxy.url
  if (url === undefined) return true
  const finding = await lookAtToxiproxy(url, input)
  tell(finding)
  return finding.state === 'ok'
}

/** Goes the whole way on a stage that is up. */
async function walk(stage: Stage, input: ExamineInput, isWhole: boolean, tell: Tell): Promise<void> {
  const { config, timeoutMs, runId, clock } = input
  const { kind, version } = stage.environment.toxiproxy
  if (kind === 'embedded' && stage.withRun)
    tell({
      part: 'toxiproxy',
      check: 'Toxiproxy answers',
      state: 'ok',
      detail: `${version}, the embedded one`,
    })
  tell({
    part: 'stage',
    check: 'stage',
    state: 'ok',
    detail: `${stage.withRun ? 'one of the drill’s own' : `stands at ${stage.gateUrl}`}; ${stage.proxies.primary.url} leads to the primary, ${stage.proxies.secondary.url} to the secondary`,
  })
  const router = accessTo(stage.router, config.providers)
  const findings = await checkPath({
    router,
    stage,
    providers: config.providers,
    prompt: promptFor('path', input),
    streams: true,
    timeoutMs,
    runTag: runId,
    clock,
  })
  const ofStage = findings.filter(({ check }) => OF_THE_STAGE.has(check))
  const ofRouter = isWhole ? findings.slice(ofStage.length) : []
  for (const one of ofStage) tell(findingOf(one, 'stage'))
  for (const one of ofRouter) tell(findingOf(one, 'router'))
  if (ofRouter.length === 0) {
    if (config.router.kind === 'external') await lookAtRouter(router, input, tell)
    tell(unseen('router', 'way through the router'))
  }
  if (ofRouter.at(-1)?.passed !== true) return tell(unseen('failover', 'failing over'))
  if (input.breaks || config.router.kind === 'embedded') {
    const urls = { primary: stage.proxies.primary.url, secondary: stage.proxies.secondary.url }
    for (const struck of await strike(router, stage, input)) tell(judgeFailover(struck, { timeoutMs, urls }))
  } else tell(notTried)
}

const notTried: Finding = {
  part: 'failover',
  check: 'failing over',
  state: 'open',
  detail:
    'not tried: for two questions of the doctor’s own the primary would be broken, and a router may hold that against it for everybody',
  hint: 'At a time when that does no harm: gameday doctor --break.',
}

/** Looks whether the router is there at all, where the way through it cannot be walked. */
async function lookAtRouter(access: RouterAccess, { clock }: ExamineInput, tell: Tell): Promise<void> {
  const look = await lookAt(access, clock)
  const about = { part: 'router', check: 'router is there' } as const
  const lack = atTheAddress(access.url, look)
  if (lack !== null) return tell({ ...about, state: 'lack', ...lack })
  const status = look.what === 'answer' ? ` (${look.status} to a question that is none)` : ''
  tell({ ...about, state: 'ok', detail: `${access.url} answers${status}` })
}
