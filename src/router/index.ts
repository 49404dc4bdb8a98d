export { primaryShare } from './route.ts'
export { startRouter } from './server.ts'
export type {
  AttemptEnd,
  Router,
  RouterEvent,
  RouterOptions,
  RouterSettings,
  RouterState,
  RouterTarget,
} from './types.ts'
export { createMetrics, type Metrics } from './metrics/index.ts'
export { askBypass, runningRouters, type RunningRouter } from './door/find.ts'
export { openDoor } from './door/open.ts'
