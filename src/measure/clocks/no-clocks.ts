import type { FaultClocks } from './fault.ts'

/** The clocks of a fault of which nothing was measured. */
export function noClocks(): FaultClocks {
  return {
    detectMs: null,
    detectSource: null,
    tripMs: null,
    switchMs: null,
    stableMs: null,
    lastFailureMs: null,
    failbackMs: null,
    blipMs: null,
    failedRequests: 0,
    slowRequests: 0,
    taxMs: null,
    probes: 0,
    flaps: 0,
    inFlight: 0,
    failedSamples: [],
    slowSamples: [],
    notReached: {},
    notObservable: {},
  }
}
