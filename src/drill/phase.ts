import { z } from 'zod'
import { duration, FAULT_TARGETS, type FaultTarget } from '../base/index.ts'
import { faultSchema, type FaultSpec } from './catalogue/faults.ts'
import { text } from './text.ts'

/** The phases of an agenda. */

const HOURS_8 = 28_800_000

const lines = z
  .union([text().transform((said) => [said]), z.array(text())], {
    error: 'write a line of text, or a list of lines',
  })
  .optional()

const phase = <K extends string>(...kinds: [K, ...K[]]) => z.enum(kinds).describe('Kind of the phase')

const common = {
  name: text()
    .regex(/^\S(?:.{0,38}\S)?$/, { error: 'write a name of 1 to 40 characters' })
    .optional()
    .describe(
      'What the phase is called, unique in the drill; its kind if left out, numbered where there are several',
    ),
  length: duration({ least: 1, most: HOURS_8 }).describe('How long it lasts in the full drill'),
  lead: lines.describe('What the lead says, to be read aloud: a line, or a list of lines'),
  operator: lines.describe('What the operator does or confirms'),
  scribe: lines.describe('What the scribe writes down'),
}

const atLeast = () => duration({ most: HOURS_8 })

/** People talk: it may shrink to nothing when the drill is scaled down, unless it says otherwise. */
const talkingPhase = z.strictObject({
  phase: phase('brief', 'go-no-go', 'debrief', 'close'),
  ...common,
  atLeast: atLeast()
    .prefault('0s')
    .describe('Never shorter than this, however the drill is scaled; default 0s'),
})

const measured = {
  ...common,
  // A measured phase that says nothing keeps its length: a drill shrunk to where it proves nothing is worse than none.
  atLeast: atLeast()
    .optional()
    .describe('Never shorter than this, however the drill is scaled; its length if left out'),
}
const keptLength = <P extends { length: number; atLeast?: number | undefined }>(phase: P) => ({
  ...phase,
  atLeast: phase.atLeast ?? phase.length,
})

const baselinePhase = z.strictObject({ phase: phase('baseline'), ...measured }).transform(keptLength)
const restorePhase = z.strictObject({ phase: phase('restore'), ...measured }).transform(keptLength)
const breakPhase = z
  .strictObject({
    phase: phase('break'),
    ...measured,
    target: z
      .enum(FAULT_TARGETS)
      .optional()
      .describe(
        'What is broken: primary, or router where the fault is router-killed; its own if left out. secondary is refused, as a fault of it alone cannot be proven',
      ),
    fault: faultSchema.describe('What is broken, and how'),
    secondary: faultSchema
      .optional()
      .describe('What is broken at the secondary at the same time, by the same cap; nothing if left out'),
    cap: duration({ least: 1, most: HOURS_8 }).describe(
      'The fault is undone after this, whatever the agenda says; its restore comes right after the break',
    ),
    skipIfNotRecovered: z
      .boolean()
      .default(true)
      .describe(
        'Leave this phase and its restore out if the system has not come home from the fault before; the drill is then weak',
      ),
  })
  .transform((phase) => ({ ...keptLength(phase), target: targetOf(phase.fault.kind) }))

export const phaseSchema = z.discriminatedUnion('phase', [
  talkingPhase,
  baselinePhase,
  breakPhase,
  restorePhase,
])
export type Phase = z.infer<typeof phaseSchema>
export type BreakPhase = z.infer<typeof breakPhase>

/** What a fault of this kind strikes where it stands alone in its phase. */
export const targetOf = (kind: FaultSpec['kind']): FaultTarget =>
  kind === 'router-killed' ? 'router' : 'primary'

/** What one break phase does to one provider, or to the router. */
export interface Strike {
  fault: FaultSpec
  target: FaultTarget
}

/** All that a break phase breaks, in the order in which it is numbered: one fault, or one of each provider. */
export function strikesOf({ fault, target, secondary }: Pick<BreakPhase, 'fault' | 'target' | 'secondary'>) {
  const strikes: [Strike, ...Strike[]] = [{ fault, target }]
  if (secondary !== undefined) strikes.push({ fault: secondary, target: 'secondary' })
  return strikes
}
