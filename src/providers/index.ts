export { startGate } from './start.ts'
export { gateControl } from './control/client.ts'
export { contextOf, isPriced, pricePerMillion } from './price.ts'
export type {
  Gate,
  GateControl,
  GateFault,
  GateFaultRequest,
  GateFaultSpec,
  GateOptions,
  GateState,
} from './types.ts'
export { vendorPath } from './gate/vendor-console.ts'
