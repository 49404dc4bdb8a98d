import { apiErrors } from './errors.ts'
import { cannotUnmarshal, field, fieldTypes, membersOf, parseBody } from './json/decode.ts'
import type { NewProxy } from './proxies.ts'
import type { ProxySettings } from './proxy.ts'

const NOT_A_PROXY = 'Go value of type toxiproxy.Proxy'
const NOT_PROXIES = 'Go value of type []struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }'

/** Reads the proxy that a body describes. Throws the API's 400. */
export function readNewProxy(body: string): NewProxy {
  const members = membersOf(parseBody(body), NOT_A_PROXY)
  const proxy = {
    name: field(members, 'name', fieldTypes.string, 'Proxy') ?? '',
    listen: field(members, 'listen', fieldTypes.string, 'Proxy') ?? '',
    upstream: field(members, 'upstream', fieldTypes.string, 'Proxy') ?? '',
    enabled: field(members, 'enabled', fieldTypes.bool, 'Proxy') ?? true,
  }
  if (proxy.name === '') throw apiErrors.missingField('name')
  if (proxy.upstream === '') throw apiErrors.missingField('upstream')
  return proxy
}

/** Reads a change of a proxy, laid over what it is; its name and its toxics cannot be changed so. Throws the API's 400. */
export function readProxyChange(body: string): (now: ProxySettings) => ProxySettings {
  const members = membersOf(parseBody(body), NOT_A_PROXY)
  const address = field(members, 'listen', fieldTypes.string, 'Proxy')
  const upstream = field(members, 'upstream', fieldTypes.string, 'Proxy')
  const enabled = field(members, 'enabled', fieldTypes.bool, 'Proxy')
  return (now) => ({
    listen: address ?? now.listen,
    upstream: upstream ?? now.upstream,
    enabled: enabled ?? now.enabled,
  })
}

/** Reads the list of `POST /populate`, all of it before any proxy is made. Throws the API's 400. */
export function readPopulation(body: string): NewProxy[] {
  const json = parseBody(body)
  if (json.kind === 'null') return []
  if (json.kind !== 'array') throw cannotUnmarshal(json, NOT_PROXIES)
  const proxies = json.items.map((item) => {
    const members = membersOf(
      item,
      'Go value of type struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }',
    )
    return {
      name: field(members, 'name', fieldTypes.string, '.Proxy') ?? '',
      listen: field(members, 'listen', fieldTypes.string, '.Proxy') ?? '',
      upstream: field(members, 'upstream', fieldTypes.string, '.Proxy') ?? '',
      enabled: field(members, 'enabled', fieldTypes.bool, '') ?? true,
    }
  })
  for (const [index, { name, upstream }] of proxies.entries()) {
    if (name === '') throw apiErrors.missingField(`name at proxy ${index + 1}`)
    if (upstream === '') throw apiErrors.missingField(`upstream at proxy ${index + 1}`)
  }
  return proxies
}
