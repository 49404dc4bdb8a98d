export { openAfterwards, startOfRun, type Afterwards } from './afterwards.ts'
export { attemptSchema, type Attempt } from './attempt.ts'
export { describeEntry, isBackDated, speakerOf, writerOf, type Line } from './describe.ts'
export { createLedger, type Ledger, type Observed } from './join.ts'
export type { Before, People } from './circumstances.ts'
export type { EventOf, JournalEntry, JournalEvent, JournalEventType, WatchdogReason } from './journal.ts'
export { DEBRIEF_QUESTIONS, NOTE_KINDS, type DebriefQuestion, type NoteKind } from '../base/index.ts'
export { unwritable } from './lines.ts'
export {
  undoPlanSchema,
  type ApiCall,
  type Change,
  type ProxyFound,
  type Undo,
  type UndoPlan,
  secondToxic,
} from './plan.ts'
export { probeFolder } from './probes.ts'
export { entryParser, readRecords, type Records } from './read.ts'
export { openRecorder, type Recorder } from './recorder.ts'
export type { RequestOutcome, RequestRecord } from './request.ts'
export {
  objectiveResultSchema,
  resultSchema,
  type ClassResult,
  type FaultResult,
  type Finding,
  type ObjectiveResult,
  type PhaseResult,
  type Quantity,
  type Result,
  type TenantResult,
} from './result.ts'
export { sampleSchema, type Sample } from './sample.ts'
export { recordJsonSchemas } from './schemas.ts'
