import { systemClock } from '../../base/index.ts'
import { startGate, type Gate, type GateOptions } from '../../providers/index.ts'
import { host } from './host.ts'

/** `graceMs`: how long what is under way may take to end when it is stopped. */
export type GatePartData = Omit<GateOptions, 'clock'> & { graceMs: number }
export type GatePartReady = Pick<Gate, 'urls' | 'addresses' | 'controlUrl'>
export interface GatePartCommand {
  type: 'tell'
  about: object
}

host<GatePartData, GatePartReady, never, GatePartCommand, true>(async ({ graceMs, ...data }) => {
  const gate = await startGate({ ...data, clock: systemClock })
  const { urls, addresses, controlUrl } = gate
  return {
    ready: { urls, addresses, controlUrl },
    command: ({ about }) => gate.tell(about),
    stop: async () => {
      await (graceMs > 0 ? gate.drain(graceMs) : gate.stop())
      return true
    },
  }
})
