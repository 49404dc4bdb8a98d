import type { Found, Scene, Toxic, Upstream } from './model-scene.ts'

/** What somebody else does to a server that he shares with the runs. */
export type Deed =
  | { deed: 'adds a toxic to' | 'removes his toxics from' | 'changes his toxics on'; proxy: string }
  | { deed: 'removes the toxic of a run from'; proxy: string }
  | { deed: 'disables' | 'enables' | 'deletes'; proxy: string }
  | { deed: 're-creates'; proxy: string; upstream: Upstream; enabled: boolean }
  | { deed: 'leads elsewhere'; proxy: string; upstream: Upstream }
  | { deed: 'resets the server' }
  | { deed: 'sets the server up again' }

/** A toxic that is felt as little as can be: what the proxies do with requests is not what is tested. */
export const slight = (name: string, latency = 1): Toxic => ({
  name,
  type: 'latency',
  stream: 'upstream',
  toxicity: 1,
  attributes: { latency, jitter: 0 },
})

/** How somebody else calls his toxics. */
export const THEIRS = 'theirs'

/** Does it to the server, by the calls that a person would make. */
export async function doIt(deed: Deed, scene: Scene, setUp: Record<string, Found>): Promise<void> {
  if (deed.deed === 'resets the server') return void (await scene.call('POST', '/reset'))
  if (deed.deed === 'sets the server up again') {
    const there = await scene.proxies()
    for (const [name, proxy] of Object.entries(setUp))
      if (!there.has(name)) await scene.make(name, asSetUp(proxy))
    return
  }
  const { proxy: name } = deed
  const found = (await scene.proxies()).get(name)
  const path = `/proxies/${name}`
  switch (deed.deed) {
    case 'adds a toxic to':
      return void (await scene.call('POST', `${path}/toxics`, slight(nextToxic(found?.toxics ?? []))))
    case 'changes his toxics on':
      for (const toxic of theirToxics(found))
        await scene.call('POST', `${path}/toxics/${toxic.name}`, { attributes: { latency: 2 } })
      return
    case 'removes his toxics from':
      for (const toxic of theirToxics(found)) await scene.call('DELETE', `${path}/toxics/${toxic.name}`)
      return
    case 'removes the toxic of a run from':
      for (const toxic of found?.toxics ?? [])
        if (/^run\d/.test(toxic.name)) await scene.call('DELETE', `${path}/toxics/${toxic.name}`)
      return
    case 'disables':
    case 'enables':
      return void (await scene.call('POST', path, { enabled: deed.deed === 'enables' }))
    case 'deletes':
      return void (await scene.call('DELETE', path))
    case 'leads elsewhere':
      return void (await scene.call('POST', path, { upstream: scene.ground.upstreams[deed.upstream] }))
    case 're-creates': {
      const upstream = scene.ground.upstreams[deed.upstream]
      return scene.make(name, { upstream, listen: scene.listenOf(name), enabled: deed.enabled, toxics: [] })
    }
  }
}

/** As the others set it up: without what a run has put on it since. */
export const asSetUp = (proxy: Found): Found => ({ ...proxy, toxics: theirToxics(proxy) })

export const theirToxics = (proxy: { toxics: Toxic[] } | undefined) =>
  (proxy?.toxics ?? []).filter(({ name }) => name.startsWith(THEIRS))

/** The first name that is free. */
export function nextToxic(toxics: Toxic[]): string {
  for (let index = 0; ; index++) {
    const name = `${THEIRS}-${index}`
    if (toxics.every((toxic) => toxic.name !== name)) return name
  }
}
