export { agendaLength, breakScale, type PlannedPhase } from './agenda.ts'
export type { Answers } from './answers.ts'
export { estimateBill, mostRequests, type Bill } from './bill.ts'
export { drawBlind } from './blind.ts'
export type { Drill } from './drill.ts'
export { explain } from './explain.ts'
export { billInWords, billOf, usdInWords } from './explain-cost.ts'
export type { ExplainSetup } from './explain-setup.ts'
export { FAULT_KINDS, tenantOf } from './catalogue/faults.ts'
export type { FaultKind, FaultOf, FaultSpec } from './catalogue/faults.ts'
export { providerFaultAsRead } from './catalogue/provider.ts'
export { REVOCATION_SHAPES } from './catalogue/provider/revoke-key.ts'
export type { ProviderFaultKind, ProviderFaultSpec } from './catalogue/provider.ts'
export { listDrills } from './find.ts'
export {
  alertGate,
  armGate,
  armingGraceMs,
  bypassGate,
  clearGate,
  CONFIRM,
  findingGate,
  GO_NO_GO,
  NEXT_DRILL,
  SILENT,
} from './gates.ts'
export { drillJsonSchemas } from './json-schema.ts'
export { loadAnswers } from './load-answers.ts'
export { linesOf } from './lines.ts'
export { loadDrill, parseDrill } from './load.ts'
export { strikesOf, type BreakPhase, type Phase, type Strike } from './phase.ts'
export { rehearsal } from './rehearsal.ts'
export { rateForStretch, samplePlan, type OutageSample, type TenantShare } from './sample-plan.ts'
export { leastDuration, scaleAgenda } from './scale.ts'
export type { AbortRule } from './schema.ts'
export { setAsideInWords } from './set-aside.ts'
export { tenantsStruck } from './tenants.ts'
