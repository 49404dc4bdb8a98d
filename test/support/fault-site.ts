import { systemClock } from '../../src/base/index.ts'
import type { FaultSite } from '../../src/faults/index.ts'
import { gateControl } from '../../src/providers/index.ts'
import { toxiproxyControl } from '../../src/toxiproxy/index.ts'

const NOBODY = 'http://127.0.0.1:1'

/** Where a fault strikes when nobody is there: enough for what calls nobody. */
export function faultSite(changes: Partial<FaultSite> = {}): FaultSite {
  return {
    id: 'abc123-f0',
    target: 'primary',
    capMs: 60_000,
    toxiproxy: toxiproxyControl({ url: NOBODY, timeoutMs: 100 }),
    toxiproxyKind: 'external',
    stageWithRun: true,
    through: null,
    proxy: 'gameday-abc123-primary',
    gate: gateControl({ url: NOBODY, token: 'token', timeoutMs: 100 }),
    gateUrl: NOBODY,
    gateToken: 'token',
    probe: () => Promise.reject(new Error('nobody is there')),
    clock: systemClock,
    permit: () => undefined,
    undoByPlan: () => Promise.reject(new Error('nobody is there')),
    ...changes,
  }
}
