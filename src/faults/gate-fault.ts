import { messageOf } from '../base/index.ts'
import { tenantOf, type ProviderFaultSpec } from '../drill/index.ts'
import type { Undo } from '../record/index.ts'
import type { Fault, FaultSite, Proof } from './fault.ts'
import { provenForTenant } from './one-tenant.ts'
import { proofOf, type Shown } from './shown.ts'

/** Makes a fault of the gate: what it does at the provider is the gate's, and how it shows on the load is given. */
export function gateFault(site: FaultSite, spec: ProviderFaultSpec, shown: Shown): Fault {
  const { id, target, capMs, gate, gateUrl, gateToken } = site
  const tenant = tenantOf(spec)
  const inForce = async () => (await gate.state()).faults.find((fault) => fault.id === id)
  return {
    kind: spec.kind,
    network: false,
    whole: shown.whole && tenant === null,
    prove: (evidence) =>
      tenant === null ? proofOf(site, shown, evidence) : provenForTenant(tenant, site, shown, evidence),
    plan: async (): Promise<Undo> => ({
      what: `${spec.kind} at the gate of the ${target}${tenant === null ? '' : `, for ${tenant} alone`}`,
      change: {
        type: 'gate-fault',
        url: gateUrl,
        withRun: site.stageWithRun,
        fault: id,
        before: (await gate.state()).faults.map((fault) => fault.id),
      },
      undo: [
        {
          what: `removes the fault ${id} from the gate`,
          method: 'DELETE',
          url: `${gateUrl}/faults/${id}`,
          headers: { authorization: `Bearer ${gateToken}` },
          expect: [204, 404],
        },
      ],
    }),
    apply: async () => {
      await gate.apply({ id, provider: target, fault: spec, capMs })
    },
    readBack: async () => {
      if ((await inForce()) === undefined) throw new Error(`the gate does not list the fault ${id}`)
      return `the gate lists ${spec.kind} on ${target}${tenant === null ? '' : ` for ${tenant} alone`}, ending by itself after ${Math.round(capMs / 1000)} s`
    },
    revert: async () => {
      await gate.remove(id)
    },
    proveGone: async (): Promise<Proof> => {
      if ((await inForce()) !== undefined)
        return { proven: false, reason: `the gate still lists the fault ${id}` }
      return proveServed(site, 'the gate lists no such fault')
    },
  }
}

/** Sends one real request through the proxy: it must come back whole. */
export async function proveServed(site: FaultSite, state: string): Promise<Proof> {
  try {
    const sample = await site.probe()
    if (sample.outcome === 'ok') {
      return {
        proven: true,
        proof: `${state}; a request through the proxy was served by the ${site.target}`,
        evidence: [sample.id],
      }
    }
    return {
      proven: false,
      reason: `${state}, but a request through the proxy ended ${sample.outcome} (${sample.class ?? 'no class'})`,
    }
  } catch (error) {
    return { proven: false, reason: `${state}, but a request through the proxy failed: ${messageOf(error)}` }
  }
}
