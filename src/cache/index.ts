export type { AnswerCache, Recalled } from './cache.ts'
export { openCache } from './open.ts'
export type { CacheStats } from './types.ts'
