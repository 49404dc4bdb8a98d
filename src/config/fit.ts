import { formatDuration, PROVIDER_ROLES, type Objection, type Path } from '../base/index.ts'
import { routingOf } from './embedded-router.ts'
import { pinMisfits } from './routing.ts'
import type { Config } from './schema.ts'

/** Objects to settings that are valid one by one but do not fit each other. Pure. */
export function misfits(config: Config): Objection[] {
  return [
    ...PROVIDER_ROLES.flatMap((role) => providerMisfits(config, role)),
    ...timeoutMisfits(config),
    ...portMisfits(config),
    ...pinMisfits(routingOf(config).pins),
    ...retentionMisfits(config),
    ...alertMisfits(config),
    ...cacheMisfits(config),
    ...PROVIDER_ROLES.flatMap((role) => promptCacheMisfits(config, role)),
  ]
}

const objection = (path: Path, found: string, instead: string): Objection => ({
  path,
  spot: 'value',
  found: `found ${found}`,
  instead,
})

function providerMisfits({ providers }: Config, role: 'primary' | 'secondary'): Objection[] {
  const provider = providers[role]
  if (provider.kind === 'real') return []
  const { least, most } = provider.outputTokens
  const spreads = (['firstToken', 'interToken'] as const).flatMap((name) => {
    const { p50, p95 } = provider[name]
    if (p95 >= p50) return []
    return [
      objection(
        ['providers', role, name, 'p95'],
        `${formatDuration(p95)}, less than the median`,
        `write at least ${formatDuration(p50)}`,
      ),
    ]
  })
  const tokens = objection(
    ['providers', role, 'outputTokens', 'most'],
    `${most}, less than the least`,
    `write at least ${least}`,
  )
  return [...spreads, ...(most >= least ? [] : [tokens])]
}

function timeoutMisfits({ router }: Config): Objection[] {
  if (router.kind === 'external') return []
  const { timeouts } = router
  const longest = Math.max(timeouts.headers, timeouts.firstToken, timeouts.interToken)
  if (timeouts.total >= longest) return []
  const found = `${formatDuration(timeouts.total)}, less than another clock of the same request`
  return [objection(['router', 'timeouts', 'total'], found, `write at least ${formatDuration(longest)}`)]
}

function cacheMisfits({ router }: Config): Objection[] {
  if (router.kind === 'external') return []
  const { cache } = router
  if (cache.redis === undefined || cache.redisFrom === undefined) return []
  return [objection(['router', 'cache', 'redisFrom'], 'a second address of Redis', 'keep one of the two')]
}

/** A cost that is unknown as soon as the vendor's cache is written is found out before, not after. */
function promptCacheMisfits({ router, providers }: Config, role: 'primary' | 'secondary'): Objection[] {
  const { format, price, cheaper } = providers[role]
  if (router.kind === 'external' || router.promptCache === 'off' || format !== 'anthropic') return []
  const name = router.promptCache === '1h' ? 'cacheWrite1h' : 'cacheWrite'
  const stated: [Path, typeof price][] = [
    [['providers', role, 'price'], price],
    [['providers', role, 'cheaper', 'price'], cheaper?.price],
  ]
  return stated.flatMap(([path, one]) =>
    one === undefined || one[name] !== undefined
      ? []
      : [objection(path, `no ${name}, and router.promptCache is ${router.promptCache}`, `add ${name}`)],
  )
}

function alertMisfits({ alerts: { webhook, command } }: Config): Objection[] {
  if (webhook === undefined || command === undefined) return []
  return [objection(['alerts', 'command'], 'a command beside a webhook', 'keep one of the two')]
}

function retentionMisfits({ log: { retention }, objectives: { window } }: Config): Objection[] {
  if (retention >= window) return []
  const found = `${formatDuration(retention)}, less than the window of the objectives`
  return [objection(['log', 'retention'], found, `write at least ${formatDuration(window)}`)]
}

function portMisfits({ stage, router }: Config): Objection[] {
  const ports: [Path, number][] = [
    ...Object.entries(stage.ports).map(([name, port]): [Path, number] => [['stage', 'ports', name], port]),
    [['router', 'port'], router.kind === 'external' ? 0 : router.port],
  ]
  return ports.flatMap(([path, port], index) => {
    const taken = port !== 0 && ports.slice(0, index).some(([, other]) => other === port)
    return taken
      ? [
          objection(
            path,
            `${port}, which another part has`,
            'write another port, or 0 to let the kernel choose',
          ),
        ]
      : []
  })
}
