export { startGate } from './gate.ts'
export { gateControl } from './control/client.ts'
export { isPriced, pricePerMillion } from './price.ts'
export { simulatedOpenai } from './simulated/openai.ts'
export type {
  Gate,
  GateControl,
  GateFault,
  GateFaultRequest,
  GateFaultSpec,
  GateOptions,
  GateState,
} from './types.ts'
