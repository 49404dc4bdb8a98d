import type { Result, TenantResult } from '../../record/index.ts'
import { count } from '../format.ts'
import { ownOutages } from '../own-outage.ts'
import { outageLabel } from '../words.ts'
import { escapeMarkdown } from './escape.ts'
import { cell } from './promises.ts'
import { writeTable } from './table.ts'
import { judgedTenants } from '../compose/tenants.ts'

export interface TenantsOfOutage {
  fault: string
  /** What these numbers decide. */
  says: string
  table: string
}

/** Every outage by tenant, where the load had several. Markdown. */
export function tenantTables({ faults }: Result): TenantsOfOutage[] {
  return ownOutages(faults).flatMap(({ fault, index }) => {
    const { tenants } = fault
    if (tenants === undefined) return []
    const cached = tenants.some(({ servedBy }) => servedBy.cache > 0)
    return [
      {
        fault: escapeMarkdown(outageLabel(faults, index)),
        says:
          judgedTenants(fault).length > 0
            ? 'The fault was held to one tenant, so each of them is judged: the worst decides.'
            : 'For comparison: the promise is one over all requests, and that decides.',
        table: writeTable({
          header: [
            'tenant',
            'requests',
            'success',
            'p95',
            'average cost',
            'primary',
            'secondary',
            ...(cached ? ['cache'] : []),
            'without the router',
          ],
          align: cached ? 'lrlllrrrl' : 'lrlllrrl',
          rows: tenants.map((one) => row(one, cached)),
        }),
      },
    ]
  })
}

function row(
  { tenant, struck, objectives, servedBy, withoutRouter }: TenantResult,
  cached: boolean,
): string[] {
  const name = escapeMarkdown(tenant)
  return [
    struck ? name : `${name} (not struck)`,
    count(objectives[0]?.n ?? 0),
    ...(['success', 'p95', 'cost'] as const).map((wanted) =>
      cell(objectives.find(({ id }) => id === wanted)),
    ),
    count(servedBy.primary),
    count(servedBy.secondary),
    ...(cached ? [count(servedBy.cache)] : []),
    withoutRouter.requests === 0
      ? '*not measured*'
      : `*${count(withoutRouter.ok)} of ${count(withoutRouter.requests)} succeed*`,
  ]
}
