import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiCall, Change, ProxyFound, UndoPlan } from '../../src/record/index.ts'
import type { ProxyState } from '../../src/toxiproxy/index.ts'

/** The run whose changes are undone. */
export const RUN = 'abc123'
export const TOXIC = `${RUN}-f0`

export const emptyFolder = () => mkdtempSync(join(tmpdir(), 'gameday-rollback-'))

type Rest = Partial<Omit<UndoPlan, 'change' | 'undo'>>

/** An undo plan of the run; only what a test is about has to be said. */
export function planOf(change: Change, undo: ApiCall[], rest: Rest = {}): UndoPlan {
  return {
    schema: 'gameday.undo/2',
    id: TOXIC,
    run: RUN,
    dir: '/nowhere/at/all',
    what: `a change (${change.type})`,
    change,
    undo,
    writtenAt: '2026-11-20T12:00:00.000Z',
    deadline: null,
    ...rest,
  }
}

/** Where a change is: the server's control port and the proxy on it. */
export interface Place {
  url: string
  proxy: string
  withRun?: boolean
  through?: string | null
}

/** How a proxy was found. */
export const foundAs = ({ listen, upstream, enabled, toxics }: ProxyState): ProxyFound => ({
  listen,
  upstream,
  enabled,
  toxics: toxics.map(({ name }) => name),
})

const NOWHERE: ProxyFound = { listen: '127.0.0.1:1', upstream: '127.0.0.1:2', enabled: true, toxics: [] }

export function toxicAdded(place: Place, before = NOWHERE, rest: Rest & { toxic?: string } = {}): UndoPlan {
  const { url, proxy, withRun = false, through = null } = place
  const { toxic = TOXIC, ...more } = rest
  return planOf(
    { type: 'toxic-added', url, withRun, proxy, before, through, toxic },
    [
      {
        what: `removes the toxic ${toxic}`,
        method: 'DELETE',
        url: `${url}/proxies/${proxy}/toxics/${toxic}`,
        expect: [204, 404],
      },
    ],
    { id: toxic, ...more },
  )
}

export function proxyDisabled(place: Place, before = NOWHERE, rest: Rest = {}): UndoPlan {
  const { url, proxy, withRun = false, through = null } = place
  return planOf(
    { type: 'proxy-disabled', url, withRun, proxy, before, through },
    [
      {
        what: `${before.enabled ? 'enables' : 'disables'} the proxy ${proxy}, as it was found`,
        method: 'POST',
        url: `${url}/proxies/${proxy}`,
        body: { enabled: before.enabled },
        expect: [200],
      },
    ],
    rest,
  )
}

export function proxyCreated(
  { url, proxy, withRun = false }: Place,
  { upstream, address }: { upstream: string; address: string | null },
  rest: Rest = {},
): UndoPlan {
  return planOf(
    { type: 'proxy-created', url, withRun, proxy, upstream, address },
    [
      {
        what: `deletes the proxy ${proxy}`,
        method: 'DELETE',
        url: `${url}/proxies/${proxy}`,
        expect: [204, 404],
      },
    ],
    { id: `${RUN}-s0`, ...rest },
  )
}

export function gateFault(
  {
    url,
    token,
    fault = TOXIC,
    withRun = true,
  }: { url: string; token: string; fault?: string; withRun?: boolean },
  rest: Rest = {},
): UndoPlan {
  return planOf(
    { type: 'gate-fault', url, withRun, fault, before: [] },
    [
      {
        what: `removes the fault ${fault} from the gate`,
        method: 'DELETE',
        url: `${url}/faults/${fault}`,
        headers: { authorization: `Bearer ${token}` },
        expect: [204, 404],
      },
    ],
    { id: fault, ...rest },
  )
}
