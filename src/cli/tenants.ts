import { EXIT, GamedayError, nearestWord } from '../base/index.ts'
import { tenantsStruck, type Drill, type TenantShare } from '../drill/index.ts'
import type { Prompt } from '../load/index.ts'

/** The share of the load that each tenant has: prompts are drawn evenly. The largest first, else as the file has them. */
export function tenantShares(prompts: readonly Prompt[]): TenantShare[] {
  const names = [...new Set(prompts.map(({ tenant }) => tenant))]
  return names
    .map((tenant) => ({
      tenant,
      share: prompts.filter((prompt) => prompt.tenant === tenant).length / prompts.length,
    }))
    .toSorted((a, b) => b.share - a.share)
}

/**
 * Checks that the tenants whom a drill's faults are held to are in its load. Throws `TENANT_UNKNOWN` for one that nobody
 * asks for: its fault would never be met.
 */
export function checkTenants(
  drill: Pick<Drill, 'agenda' | 'blind' | 'file' | 'promptsFile'>,
  prompts: readonly Prompt[],
): void {
  const known = tenantShares(prompts).map(({ tenant }) => tenant)
  const unknown = tenantsStruck(drill).find((tenant) => !known.includes(tenant))
  if (unknown === undefined) return
  const near = nearestWord(unknown, known)
  throw new GamedayError(
    `${drill.file}: a fault is held to the tenant ${unknown}, of whom there is no prompt in ${drill.promptsFile}`,
    {
      code: 'TENANT_UNKNOWN',
      exitCode: EXIT.usage,
      hint: `${near === null ? '' : `Did you mean ${near}? `}The load’s tenants are ${known.join(', ')}.`,
    },
  )
}
