export { stageLoad, type StagedLoad } from './load.ts'
export { embeddedRouter, type RouterMaker, type StagedRouter } from './router.ts'
export { startStage, type Stage, type StagedProxy } from './stage.ts'
export type { LoadPartData } from './workers/load.ts'
