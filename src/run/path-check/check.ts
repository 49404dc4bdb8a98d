import { PROVIDER_ROLES, type Clock, type ProviderRole } from '../../base/index.ts'
import type { Config, RouterAccess } from '../../config/index.ts'
import { ask, type Endpoint, type Prompt } from '../../load/index.ts'
import type { Attempt, Observed } from '../../record/index.ts'
import type { Stage } from '../../stage/index.ts'
import { judgePath } from './judge.ts'
import { lookAt, refusalOf } from './look.ts'
import type { Lost, Marked, PathFinding } from './types.ts'

export interface PathCheckOptions {
  router: RouterAccess
  stage: Pick<Stage, 'gate' | 'toxiproxy' | 'proxies' | 'keys'>
  providers: Config['providers']
  /** What is asked, of the prompts that the load will ask. */
  prompt: Prompt
  /** Whether streams will be asked for. */
  streams: boolean
  /** How long a client waits. */
  timeoutMs: number
  /** In every marker; no request of the check is part of any load. */
  runTag: string
  clock: Clock
}

/** Of each kind: enough that a router which sends one request in ten elsewhere is seen to use the primary. */
const PLAIN = 3
const STREAMED = 3
/** What the gates saw arrives a little after the answer; on a busy machine it takes its time, and what never came would look like a router that goes elsewhere. */
const LEDGER_MS = 2000
const LEDGER_LOOK_MS = 50

/**
 * Asks a few marked questions through a router and looks where they come by: whether the router is one, is pointed at
 * the stage, and leaves alone what a drill must know its requests and answers by. Breaks nothing, and bills some six
 * short answers.
 *
 * @throws GamedayError where the stage itself cannot be reached
 */
export async function checkPath(options: PathCheckOptions): Promise<PathFinding[]> {
  const { router, stage, providers, prompt, runTag, clock } = options
  const attempts: Attempt[] = []
  const following = new AbortController()
  await stage.gate.followAttempts((attempt) => attempts.push(attempt), following.signal)
  let asked = 0
  const question = (to: Endpoint & { model: string }, stream: boolean): Promise<Observed> =>
    ask({
      ...to,
      prompt,
      stream,
      timeoutMs: options.timeoutMs,
      runTag,
      requestId: `path${++asked}`,
      // Its times are then those of the gates.
      epochMs: 0,
      clock,
    })
  const direct = (role: ProviderRole) => {
    const { model, format } = providers[role]
    return question({ url: stage.proxies[role].url, key: stage.keys[role], model, format }, false)
  }
  try {
    const broken = await brokenAlready(stage)
    const isSeen = ({ id }: Observed) => attempts.some(({ requestId }) => requestId === id)
    const seen = async (answers: readonly Observed[]) => {
      for (let left = LEDGER_MS; left > 0 && !answers.every(isSeen); left -= LEDGER_LOOK_MS)
        await clock.sleep(LEDGER_LOOK_MS)
    }
    const [primary, secondary] = await Promise.all([direct('primary'), direct('secondary')])
    await seen([primary, secondary])
    const answers = { primary, secondary }
    const lost = await whatIsLost(
      PROVIDER_ROLES.filter((role) => !isSeen(answers[role])),
      stage,
      clock,
    )
    const isLost = Object.keys(lost).length > 0
    const count = isLost ? 0 : options.streams ? PLAIN + STREAMED : PLAIN
    const sent = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const stream = index >= PLAIN
        return { stream, answer: await question(router, stream) }
      }),
    )
    await seen(sent.map(({ answer }) => answer))
    const marked = sent.map((one): Marked => ({
      ...one,
      attempts: attempts.filter(
        (attempt) => attempt.runTag === runTag && attempt.requestId === one.answer.id,
      ),
    }))
    const isWell = marked.every(({ answer }) => answer.outcome === 'ok')
    const known = (role: ProviderRole) => ({
      name: providers[role].name,
      model: providers[role].model,
      url: stage.proxies[role].url,
    })
    return judgePath({
      router,
      providers: { primary: known('primary'), secondary: known('secondary') },
      broken,
      direct: answers,
      lost,
      marked,
      unmarked: attempts.filter(({ requestId }) => requestId === null),
      look: isWell ? null : await lookAt(router, clock),
    })
  } finally {
    following.abort()
  }
}

/** What a stage that drills share has on it before this one has done anything. */
async function brokenAlready({ gate, toxiproxy, proxies }: PathCheckOptions['stage']): Promise<string[]> {
  const { faults } = await gate.state()
  const onProxies = await Promise.all(
    PROVIDER_ROLES.map(async (role) => {
      const proxy = await toxiproxy.getProxy(proxies[role].name)
      if (proxy === null) return [`the proxy of the ${role} is gone`]
      const toxics = proxy.toxics.map(({ name }) => `the toxic ${name} on the proxy of the ${role}`)
      return proxy.enabled ? toxics : [...toxics, `the proxy of the ${role} is disabled`]
    }),
  )
  return [
    ...faults.map(({ id, provider, fault }) => `${fault.kind} (${id}) at the gate of the ${provider}`),
    ...onProxies.flat(),
  ]
}

/** Looks at the proxies of those roles whose gates saw nothing of what went to them. */
async function whatIsLost(
  roles: readonly ProviderRole[],
  { toxiproxy, proxies }: PathCheckOptions['stage'],
  clock: Clock,
): Promise<Partial<Record<ProviderRole, Lost>>> {
  const lost = await Promise.all(
    roles.map(async (role): Promise<[ProviderRole, Lost]> => {
      const { name, url } = proxies[role]
      const proxy = await toxiproxy.getProxy(name)
      return [role, { refusal: await refusalOf(url, clock), upstream: proxy?.upstream ?? null }]
    }),
  )
  return Object.fromEntries(lost)
}
