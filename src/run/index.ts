export type { Draft, Interruption, RunEnding, RunInput } from './input.ts'
export { runDrill } from './run.ts'
