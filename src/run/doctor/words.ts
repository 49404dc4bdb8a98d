import type { Observed } from '../../record/index.ts'

/** Writes a duration as people say it: `0.4 s`. */
export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** How long an answer took, or the wait for one. */
export const tookMs = ({ startedMs, endMs }: Observed) => (endMs ?? 0) - (startedMs ?? 0)
