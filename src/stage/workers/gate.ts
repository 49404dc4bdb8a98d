import { systemClock } from '../../base/index.ts'
import { startGate, type Gate, type GateOptions } from '../../providers/index.ts'
import { host } from './host.ts'

export type GatePartData = Omit<GateOptions, 'clock'>
export type GatePartReady = Pick<Gate, 'urls' | 'addresses' | 'controlUrl'>

host<GatePartData, GatePartReady, never, never, true>(async (data) => {
  const gate = await startGate({ ...data, clock: systemClock })
  const { urls, addresses, controlUrl } = gate
  return {
    ready: { urls, addresses, controlUrl },
    stop: async () => {
      await gate.stop()
      return true
    },
  }
})
