export { cacheControlOf } from './control.ts'
export { keyOf } from './key.ts'
export { Memo, type Replay } from './memo.ts'
