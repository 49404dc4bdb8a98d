import { z } from 'zod'
import { duration, formatDuration } from '../../base/index.ts'
import { kind, type TellFault } from './parts.ts'

/** The faults of what stands between the load and the providers. */

const routerKilled = z.strictObject({
  kind: kind('router-killed'),
  bypassAfter: duration({ least: 1000, most: 3_600_000 })
    .prefault('5s')
    .describe(
      'When it comes back with BYPASS_ROUTER=true, straight to the primary; with people, until when the operator is asked to do it',
    ),
})

export const ourFaults = [routerKilled] as const
export type OurFaultSpec = (typeof ourFaults)[number]['_output']

export const ourStories: { [K in OurFaultSpec['kind']]: TellFault<Extract<OurFaultSpec, { kind: K }>> } = {
  'router-killed': ({ bypassAfter }) => ({
    does: `the router is killed: connections to it are cut, and new ones refused; ${formatDuration(bypassAfter)} later at the latest it comes back on the same port with BYPASS_ROUTER=true, straight to the primary`,
    undo: 'the router is started again without the bypass, on the same port',
  }),
}
