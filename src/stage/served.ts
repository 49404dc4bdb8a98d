import { GamedayError, type ProviderRole } from '../base/index.ts'
import { embeddedRouterOf, type Config } from '../config/index.ts'
import { startRouter, type Router, type RouterOptions, type RouterSettings } from '../router/index.ts'
import { startUpstreams, type Upstreams } from './upstreams.ts'

/** What a served router is made from, and can be made anew from while it serves. */
export interface ServedSettings {
  config: Config
  realKeys: Partial<Record<ProviderRole, string>>
  source: NonNullable<RouterSettings['source']>
}

export interface ServedOptions
  extends ServedSettings, Omit<RouterOptions, keyof RouterSettings | 'dispatcher'> {
  /** Told when the simulated providers die without having been asked to. */
  onDeath: (error: Error) => void
}

/** A router that serves clients, with its providers. */
export interface ServedRouter extends Omit<Router, 'reload' | 'drain' | 'stop'> {
  /** Puts other settings in force, all of them or, if it throws, none. */
  reload: (settings: ServedSettings) => Promise<void>
  /** Lets what is under way come to its end, and stops. */
  drain: () => Promise<void>
  /** Cuts what is under way. */
  stop: () => Promise<void>
}

/** Starts a router that serves clients, and what it needs of providers. Throws as `startRouter` does. */
export async function serveRouter({
  config,
  realKeys,
  source,
  onDeath,
  ...options
}: ServedOptions): Promise<ServedRouter> {
  const upstreamsFor = (one: Pick<ServedSettings, 'config' | 'realKeys'>, before?: Upstreams) =>
    startUpstreams({ ...one, seed: 1, onDeath }, before)
  let upstreams = await upstreamsFor({ config, realKeys })
  let isEnding = false
  const playing = new Set([upstreams.simulated])
  const stopPlaying = async (simulated: Upstreams['simulated']) => {
    playing.delete(simulated)
    await simulated?.stop()
  }
  const stopAll = async () => {
    await Promise.all([...playing].map(stopPlaying))
  }
  const router = await startRouter({ ...options, ...settingsOf({ config, source }, upstreams) }).catch(
    async (error: unknown) => {
      await stopAll()
      throw error
    },
  )

  const reload = async (settings: ServedSettings): Promise<void> => {
    const former = upstreams
    const next = await upstreamsFor(settings, former)
    playing.add(next.simulated)
    const isOther = next.simulated !== former.simulated
    try {
      // Whoever ends it closes what there was by then.
      if (isEnding) throw new GamedayError('the router is stopping', { code: 'ROUTER_STOPPING' })
      const { replaced } = await router.reload(settingsOf(settings, next))
      upstreams = next
      if (isOther) void replaced.then(() => stopPlaying(former.simulated))
    } catch (error) {
      if (isOther) await stopPlaying(next.simulated)
      throw error
    }
  }
  const ending = async (how: () => Promise<void>): Promise<void> => {
    isEnding = true
    await how()
    await stopAll()
  }
  return {
    ...router,
    reload,
    drain: () => ending(() => router.drain()),
    stop: () => ending(() => router.stop()),
  }
}

function settingsOf(
  { config, source }: Omit<ServedSettings, 'realKeys'>,
  { targets }: Upstreams,
): RouterSettings {
  return { config: embeddedRouterOf(config), targets, recordText: config.log.text, source }
}
