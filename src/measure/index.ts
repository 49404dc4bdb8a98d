export { heldBack } from './buffered.ts'
export { clopperPearson } from './clopper-pearson.ts'
export { besideClocks } from './clocks/beside-clocks.ts'
export { faultClocks } from './clocks/fault-clocks.ts'
export type { CircuitChange, ClockInput, DetectSource, FaultClocks, FaultTimes } from './clocks/fault.ts'
export { STRETCH } from './clocks/stretch.ts'
export { observe, type Observations, type Observed } from './observe.ts'
export { outageRequests, outageWindow, withoutRouter, type Outage, type OutageTimes } from './outage.ts'
export { p95Interval, p95IntervalOf, type RankInterval } from './p95-interval.ts'
export { nearestRank, percentiles, type Percentiles } from './percentiles.ts'
export { phaseStats, type PhaseStats, type ServedBy } from './phase-stats.ts'
export {
  counts,
  idsOfTenant,
  responseMs,
  type MeasuredAttempt,
  type MeasuredSample,
  type Quantity,
  type Span,
} from './sample.ts'
export { slidingWindow, type LiveSample, type SlidingWindow, type WindowStats } from './sliding-window.ts'
