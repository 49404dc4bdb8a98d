import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock, type Clock, type ProviderRole } from '../../../../src/base/index.ts'
import { checkPath } from '../../../../src/run/path-check/check.ts'
import { startToxiproxyServer, toxiproxyControl } from '../../../../src/toxiproxy/index.ts'
import { pathRouter } from '../../../support/path-routers.ts'
import { fastProvider, KEYS, MODEL, testGate } from '../../../support/providers-gate.ts'

/** Waits a fifth as long for what the gates have to tell, since they tell it at once. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 5, signal) }

/** Where things are, as this machine and as a Toxiproxy in a house of its own see it. */
interface Addresses {
  /** Where its proxies listen. */
  listen: string
  /** Where they are to be reached. */
  reach: string
  /** Where it is told that the gates are. */
  advertise: string
}

const GATES = '127.0.0.2'
/** Nobody listens there; at 127.0.0.1 another test may have been given the same port. */
const NOWHERE = '127.0.0.9'
const GOOD: Addresses = { listen: '127.0.0.3', reach: '127.0.0.3', advertise: GATES }

/** What a path check finds of gates at 127.0.0.2 behind a Toxiproxy that listens elsewhere. */
async function found({ listen, reach, advertise }: Addresses, upstream?: string) {
  const provider = fastProvider()
  const { gate, control } = await testGate({
    listen: GATES,
    providers: { primary: provider, secondary: provider },
  })
  const server = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
  onTestFinished(() => server.stop())
  const toxiproxy = toxiproxyControl({ url: server.url, timeoutMs: 2000 })
  const proxied = async (role: ProviderRole) => {
    const { port } = gate.addresses[role]
    const proxy = await toxiproxy.createProxy({
      name: role,
      listen: `${listen}:0`,
      upstream: upstream ?? `${advertise}:${port}`,
      enabled: true,
    })
    return { name: role, url: `http://${reach}:${proxy.listen.split(':').at(-1)}/v1` }
  }
  const proxies = { primary: await proxied('primary'), secondary: await proxied('secondary') }
  const urls = { primary: proxies.primary.url, secondary: proxies.secondary.url }
  const findings = await checkPath({
    router: {
      url: await pathRouter('none', { ...urls, keys: KEYS }),
      model: MODEL,
      key: 'k',
      format: 'openai',
      headers: {},
    },
    stage: { gate: control, toxiproxy, proxies, keys: KEYS },
    providers: { primary: provider, secondary: provider },
    prompt: { tenant: 'acme', feature: 'chat', context: 'short', text: 'Where is my order?' },
    streams: false,
    timeoutMs: 1000,
    runTag: 'abc',
    clock: hasty,
  })
  return findings.find(({ check }) => check === 'way to the gates')
}

describe('the way from Toxiproxy’s proxies to the gates', () => {
  it('is good where each is found at the address that the other was told', async () => {
    expect(await found(GOOD)).toMatchObject({ passed: true })
  })

  it.each<{ it: string; addresses: Addresses; says: RegExp; line: RegExp }>([
    {
      it: 'Toxiproxy does not find the gates where it is told',
      addresses: { ...GOOD, advertise: NOWHERE },
      says: /does not reach the gate of the primary: it takes connections at http:\/\/127\.0\.0\.3:\d+\/v1, which by its own word leads to 127\.0\.0\.9:\d+, and closes them again/,
      line: /advertise: host\.docker\.internal/,
    },
    {
      it: 'nobody finds the proxies where they are to be reached',
      addresses: { ...GOOD, reach: NOWHERE },
      says: /nothing takes connections at http:\/\/127\.0\.0\.9:\d+\/v1, .*: ECONNREFUSED/,
      line: /listen: 0\.0\.0\.0/,
    },
  ])('ends where $it, with the lines to add', async ({ addresses, says, line }) => {
    const finding = await found(addresses)
    expect(finding).toMatchObject({ passed: false, add: { to: 'gameday.yaml' } })
    expect(finding?.detail).toMatch(says)
    expect(JSON.stringify(finding?.add)).toMatch(line)
  })

  it('ends where another gate answers in its place', async () => {
    const { gate } = await testGate()
    const finding = await found(GOOD, new URL(gate.urls.primary).host)
    expect(finding).toMatchObject({ passed: false })
    expect(finding?.detail).toMatch(
      /is not the gate of the primary: .* was answered 200, and that gate saw nothing of it/,
    )
  })
})
