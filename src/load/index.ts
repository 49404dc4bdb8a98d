export { ask, type AskOptions } from './ask.ts'
export { parsePrompts, type Prompt } from './prompts.ts'
export { startLoad } from './start.ts'
export type { Endpoint, Load, LoadFigures, LoadOptions, LoadSample } from './types.ts'
