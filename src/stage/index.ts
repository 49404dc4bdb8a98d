export type { StageChanges } from './changes.ts'
export { stageLoad, type StagedLoad } from './load.ts'
export { stageLog, type StagedLog } from './log.ts'
export {
  embeddedRouter,
  externalRouter,
  type RouterHands,
  type RouterMaker,
  type StagedRouter,
} from './router.ts'
export { startStage, type Stage } from './stage.ts'
export { attachStage, type AttachedStage } from './standing/attach.ts'
export { STAGE_VARIABLES, stageSecrets, stageToken, type StageSecrets } from './standing/secrets.ts'
export { startStandingStage, type StandingStage } from './standing/serve.ts'
export { serveRouter, type ServedRouter } from './served.ts'
export type { LoadPartData } from './workers/load.ts'
