import type { Objection } from '../base/index.ts'
import { faultSchema } from './catalogue/faults.ts'
import { isRecord, type Item } from './items.ts'

/** Kinds of faults that can be held to one tenant. */
const TENANT_KINDS: ReadonlySet<string> = new Set(
  faultSchema.options.filter(({ shape }) => 'tenant' in shape).map(({ shape }) => shape.kind.value),
)
const ALL_KINDS: ReadonlySet<string> = new Set(faultSchema.options.map(({ shape }) => shape.kind.value))

/** Objects to a tenant of a fault that cannot tell whose a request is, and says which can. Pure. */
export function checkTenants({ path, kind, raw }: Item): Objection[] {
  if (kind !== 'break') return []
  return ['fault', 'secondary'].flatMap((field): Objection[] => {
    const fault = raw[field]
    if (!isRecord(fault) || !('tenant' in fault)) return []
    const own = String(fault.kind)
    if (!ALL_KINDS.has(own) || TENANT_KINDS.has(own)) return []
    return [
      {
        path: [...path, field, 'tenant'],
        spot: 'key',
        found: `found a tenant for ${own}, ${WHY[own] ?? 'which Toxiproxy makes: it sees connections, and not whose requests they carry'}`,
        instead:
          'leave it out, or break what the provider’s gate breaks, such as rate-limited or request-refused',
      },
    ]
  })
}

const WHY: Record<string, string | undefined> = {
  'revoke-key': 'and the key is everybody’s',
  'by-hand': 'and the key is everybody’s',
  'router-killed': 'and the router is everybody’s',
}
