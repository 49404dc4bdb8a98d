import { tenantOf } from './catalogue/faults.ts'
import type { Drill } from './drill.ts'
import { strikesOf } from './phase.ts'

/**
 * The tenants that a drill's faults are held to, each once; empty where all of them hit everybody. Of a blind drill
 * those of all that could be drawn, so that they tell nothing of what was.
 */
export function tenantsStruck({ agenda, blind }: Pick<Drill, 'agenda' | 'blind'>): string[] {
  const breaks = blind ?? agenda.filter((phase) => phase.phase === 'break')
  return [...new Set(breaks.flatMap(strikesOf).flatMap(({ fault }) => tenantOf(fault) ?? []))]
}
