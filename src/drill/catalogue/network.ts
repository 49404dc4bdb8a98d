import { z } from 'zod'
import { duration, formatDuration } from '../../base/index.ts'
import { kind, type TellFault } from './parts.ts'

/** The faults of the way to a provider, which Toxiproxy makes. */

const latency = z.strictObject({
  kind: kind('latency'),
  latency: duration({ least: 1, most: 600_000 }).describe(
    'Added to every piece of the answer on its way back',
  ),
  jitter: duration({ most: 600_000 })
    .prefault('0s')
    .describe('The latency varies by at most this, up and down'),
})

const refused = z.strictObject({ kind: kind('refused') })

export const networkFaults = [latency, refused] as const
export type NetworkFaultSpec = z.infer<(typeof networkFaults)[number]>

export const networkStories: {
  [K in NetworkFaultSpec['kind']]: TellFault<Extract<NetworkFaultSpec, { kind: K }>>
} = {
  latency: (fault, target) => {
    const jitter = fault.jitter === 0 ? '' : `, give or take ${formatDuration(fault.jitter)}`
    return {
      does: `Toxiproxy delays every piece of the answers of the ${target} by ${formatDuration(fault.latency)}${jitter}`,
      undo: 'the latency toxic is removed from its proxy',
    }
  },
  refused: (_fault, target) => ({
    does: `Toxiproxy refuses every connection to the ${target}, and cuts those that are open`,
    undo: 'its proxy is enabled again',
  }),
}
