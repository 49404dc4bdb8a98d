import { expect, it } from 'vitest'
import { checkTenants, tenantShares } from '../../../src/cli/tenants.ts'
import { HEAD, readDrillText } from '../../support/drill-text.ts'

const prompts = ['acme', 'globex', 'globex', 'globex'].map(
  (tenant) => ({ tenant, feature: 'chat', context: 'short', text: 'x' }) as const,
)
const drillFor = (tenant: string) => ({
  ...readDrillText(`${HEAD}agenda:
  - { phase: baseline, length: 1m }
  - { phase: go-no-go, length: 1m }
  - { phase: break, length: 1m, cap: 2m, fault: { kind: server-error, tenant: ${tenant} } }
  - { phase: restore, length: 1m }
`),
  file: 'd.yaml',
  promptsFile: 'prompts.yaml',
})

it('a tenant’s share of the load is that of its prompts, the largest first', () => {
  expect(tenantShares(prompts)).toEqual([
    { tenant: 'globex', share: 0.75 },
    { tenant: 'acme', share: 0.25 },
  ])
})

it('a fault may be held to a tenant of the load, and to no other', () => {
  expect(() => checkTenants(drillFor('acme'), prompts)).not.toThrow()
  expect(() => checkTenants(drillFor('acne'), prompts)).toThrow(
    expect.objectContaining({
      code: 'TENANT_UNKNOWN',
      exitCode: 2,
      message: 'd.yaml: a fault is held to the tenant acne, of whom there is no prompt in prompts.yaml',
      hint: 'Did you mean acme? The load’s tenants are globex, acme.',
    }),
  )
})
