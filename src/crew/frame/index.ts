export { drawFrame } from './frame.ts'
export { keysOf, promptLabel, type SeatKey } from './keys.ts'
export { plainState, stateTeller } from './plain.ts'
export type { FrameInput, Typing, Window } from './types.ts'
