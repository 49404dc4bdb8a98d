import { z } from 'zod'
import { duration, formatDuration } from '../../base/index.ts'
import { text } from '../text.ts'
import { kind, type TellFault } from './parts.ts'

/** The faults of the router itself, and those that a person makes. */

const routerKilled = z.strictObject({
  kind: kind('router-killed'),
  bypassAfter: duration({ least: 1000, most: 3_600_000 })
    .prefault('5s')
    .describe(
      'When it comes back with BYPASS_ROUTER=true, straight to the primary; with people, until when the operator is asked to do it',
    ),
})

const steps = () =>
  z
    .union([text().transform((step) => [step]), z.array(text()).min(1)], {
      error: 'write a line of text, or a list of lines',
    })
    .optional()

const byHand = z.strictObject({
  kind: kind('by-hand'),
  steps: steps().describe('What the operator does to revoke the key, a line a step'),
  restoreSteps: steps().describe('What the operator does to restore it'),
  probeEvery: duration({ least: 100, most: 60_000 })
    .prefault('1s')
    .describe('How often gameday asks with the key, to see whether it is refused, or accepted again'),
})

export const ourFaults = [routerKilled, byHand] as const
export type OurFaultSpec = (typeof ourFaults)[number]['_output']

export const ourStories: { [K in OurFaultSpec['kind']]: TellFault<Extract<OurFaultSpec, { kind: K }>> } = {
  'router-killed': ({ bypassAfter }) => ({
    does: `the router is killed: connections to it are cut, and new ones refused; ${formatDuration(bypassAfter)} later at the latest it comes back on the same port with BYPASS_ROUTER=true, straight to the primary`,
    undo: 'the router is started again without the bypass, on the same port',
  }),
  'by-hand': ({ probeEvery }, target) => ({
    does: `somebody revokes the key of the ${target} in the vendor's own console; gameday shows the steps and asks with that key every ${formatDuration(probeEvery)}, and the fault is in force from the first refusal on`,
    undo: 'the same hand restores the key, which nothing else can; the drill waits for it until the cap',
  }),
}
