export { primaryShare } from './route.ts'
export { startRouter } from './server.ts'
export type { Router, RouterEvent, RouterOptions, RouterTarget } from './types.ts'
