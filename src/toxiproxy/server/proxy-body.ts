import { apiErrors } from './errors.ts'
import { cannotUnmarshal, fieldReaders, membersOf, parseBody, readFields, type Json } from './json/decode.ts'
import type { NewProxy } from './proxies.ts'
import type { ProxySettings } from './proxy.ts'

const A_PROXY = 'Go value of type toxiproxy.Proxy'
const ONE_OF_SEVERAL = 'struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }'

/** Reads the proxy that a body describes. Throws the API's 400. */
export function readNewProxy(body: string): NewProxy {
  const proxy = { ...NOTHING_GIVEN, ...readProxy(membersOf(parseBody(body), A_PROXY), 'Proxy') }
  if (proxy.name === '') throw apiErrors.missingField('name')
  if (proxy.upstream === '') throw apiErrors.missingField('upstream')
  return proxy
}

/** Reads a change of a proxy, laid over what it is; its name and its toxics cannot be changed so. Throws the API's 400. */
export function readProxyChange(body: string): (now: ProxySettings) => ProxySettings {
  const { name: _name, ...change } = readProxy(membersOf(parseBody(body), A_PROXY), 'Proxy')
  return (now) => ({ ...now, ...change })
}

/** Reads the list of `POST /populate`, all of it before any proxy is made. Throws the API's 400. */
export function readPopulation(body: string): NewProxy[] {
  const json = parseBody(body)
  if (json.kind === 'null') return []
  if (json.kind !== 'array') throw cannotUnmarshal(json, `Go value of type []${ONE_OF_SEVERAL}`)
  const proxies = json.items.map((item) => ({
    ...NOTHING_GIVEN,
    ...readProxy(membersOf(item, `Go value of type ${ONE_OF_SEVERAL}`), '.Proxy', ''),
  }))
  for (const [index, { name, upstream }] of proxies.entries()) {
    if (name === '') throw apiErrors.missingField(`name at proxy ${index + 1}`)
    if (upstream === '') throw apiErrors.missingField(`upstream at proxy ${index + 1}`)
  }
  return proxies
}

const NOTHING_GIVEN: NewProxy = { name: '', listen: '', upstream: '', enabled: true }

/** Reads the fields of a proxy; `enabled` has an owner of its own in the errors of a population. */
function readProxy(members: [string, Json][], owner: string, ownerOfEnabled = owner): Partial<NewProxy> {
  const { string, bool, struct } = fieldReaders
  const { logger: _logger, ...proxy } = readFields<NewProxy & { logger: boolean }>(members, owner, {
    name: string,
    listen: string,
    upstream: string,
    enabled: (json) => bool(json, `${ownerOfEnabled}.enabled`),
    // Toxiproxy has such a field by accident, and minds what is in it.
    logger: (json) => struct('zerolog.Logger')(json, `${owner}.Logger`),
  })
  return proxy
}
