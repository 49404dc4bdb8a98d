import { z } from 'zod'
import { percent, type FaultTarget } from '../../base/index.ts'

/** What the faults' parameters and stories have in common. */

export const kind = <K extends string>(name: K) => z.literal(name).describe('What is broken')

export const shareOf = (what: string) =>
  percent({ least: 0.01 }).prefault('100%').describe(`Share of ${what}`)

/** Whom a fault of a provider's gate hits. */
export const hits = (what: string) => ({
  share: shareOf(what),
  tenant: z
    .string()
    .min(1)
    .exactOptional()
    .describe('The tenant of the prompts file whose requests alone it hits; everybody’s if left out'),
})

/** What a fault does and how it is undone, in sentences. */
export interface FaultStory {
  /** Such as `the key of the primary is revoked: ...`. */
  does: string
  /** Such as `the gate accepts the key again`. */
  undo: string
}

/** Tells of one kind of fault, whatever its parameters. */
export type TellFault<Spec> = (fault: Spec, target: FaultTarget) => FaultStory

/** `every answer`, or `25% of the answers`. */
export function shareText(share: number, every: string, of: string): string {
  return share === 1 ? every : `${Number((share * 100).toFixed(2))}% of ${of}`
}

/** Nothing where all are hit, or `, on 25% of the connections`. */
export const onShare = (share: number) =>
  share === 1 ? '' : `, on ${shareText(share, '', 'the connections')}`
