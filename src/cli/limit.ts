/** More than the dearest estimate, because that leaves out probes and what a router tries again. */
const MARGIN = 1.25

/** The limit that is proposed for a drill, in whole US dollars, from the most that it is estimated to cost. */
export const proposedLimit = (mostUsd: number) => Math.max(1, Math.ceil(mostUsd * MARGIN))
