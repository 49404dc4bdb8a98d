import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EXIT, GamedayError, messageOf, mustBeOurs, systemCode } from '../../base/index.ts'
import { Client } from 'undici'
import {
  BYPASS_PATH,
  bypassStandingSchema,
  doorFactsSchema,
  doorRefusalSchema,
  type BypassStanding,
  type BypassWish,
  type DoorFacts,
} from './facts.ts'

/** A router that serves on this machine, and how it stands. */
export interface RunningRouter extends DoorFacts {
  standing: BypassStanding
}

/** How long a router may take to answer at its door. */
const PATIENCE_MS = 5000

/**
 * Finds the wanted ones among the routers that show themselves in this folder. What dead ones left there is cleared away. Throws
 * `ROUTER_UNREACHABLE` for one that lives and does not answer.
 */
export async function runningRouters(
  folder: string,
  isWanted: (facts: DoorFacts) => boolean = () => true,
): Promise<RunningRouter[]> {
  const found = await Promise.all(
    namesIn(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => look(folder, name, isWanted)),
  )
  return found.filter((router) => router !== null).toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
}

async function look(
  folder: string,
  name: string,
  isWanted: (facts: DoorFacts) => boolean,
): Promise<RunningRouter | null> {
  const facts = readFacts(join(folder, name))
  if (facts === null || !isWanted(facts)) return null
  try {
    return { ...facts, standing: await askBypass(facts, null) }
  } catch (error) {
    if (!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '')) throw error
    for (const path of [join(folder, name), facts.socket]) rmSync(path, { force: true })
    if (dirname(facts.socket) !== folder) rmSync(dirname(facts.socket), { recursive: true, force: true })
    return null
  }
}

/**
 * Bypasses a router, or takes that back, or without a wish only asks; returns how it stands then. Throws
 * `ROUTER_UNREACHABLE` or `BYPASS_REFUSED`.
 */
export async function askBypass(router: DoorFacts, wish: BypassWish | null): Promise<BypassStanding> {
  const { status, body } = await call(router, wish).catch((error: unknown) => {
    throw unreachable(router, error)
  })
  if (status === 200) return bypassStandingSchema.parse(body)
  const refusal = doorRefusalSchema.safeParse(body)
  throw new GamedayError(
    `the router on ${router.url} did not do it: ${refusal.success ? refusal.data.message : `it answered ${status}`}`,
    { code: 'BYPASS_REFUSED', exitCode: EXIT.notReady },
  )
}

async function call({ socket }: DoorFacts, wish: BypassWish | null) {
  mustBeOurs(socket)
  const client = new Client('http://router', { socketPath: socket })
  try {
    const answer = await client.request({
      path: BYPASS_PATH,
      method: wish === null ? 'GET' : 'PUT',
      body: wish === null ? null : JSON.stringify(wish),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return { status: answer.statusCode, body: await answer.body.json() }
  } finally {
    await client.destroy()
  }
}

const unreachable = ({ url, socket }: DoorFacts, cause: unknown) =>
  new GamedayError(`the router on ${url} cannot be reached at ${socket}: ${messageOf(cause)}`, {
    code: 'ROUTER_UNREACHABLE',
    exitCode: EXIT.notReady,
    hint: 'If it hangs, end it and start it again with BYPASS_ROUTER=true.',
    cause,
  })

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/** Null for one that has ended since the folder was listed, or that another version wrote. */
function readFacts(path: string): DoorFacts | null {
  try {
    return doorFactsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
