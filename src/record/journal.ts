import { z } from 'zod'
import {
  ALERT_IDS,
  CREW_ROLES,
  DEBRIEF_QUESTIONS,
  FAILURE_CLASSES,
  NOTE_KINDS,
  PHASE_KINDS,
  FAULT_TARGETS,
  PROVIDER_ROLES,
} from '../base/index.ts'
import { beforeSchema, drillSchema, environmentSchema, peopleSchema, targetsSchema } from './circumstances.ts'

/**
 * The journal: one line for every event of a drill, written as it happens. With the samples and the attempts it is the
 * only truth; `result.json` and everything that a person reads are pure functions of the three.
 */

const role = z.enum(PROVIDER_ROLES)
const target = z.enum(FAULT_TARGETS)
const crewRole = z.enum(CREW_ROLES)
/** Whether a person, the clock (a deadline that passed) or a script decided. */
const decider = z.enum(['person', 'clock', 'script'])
const speaker = { role: z.enum([...CREW_ROLES, 'observer']), by: z.string() }
const assigned = {
  owner: z.string().exactOptional().describe('Who does it'),
  due: z.string().exactOptional().describe('ISO date'),
}
const script = z.literal(true).exactOptional().describe('A script wrote it in the place of whom it names')

const startedAlerts = z
  .strictObject({
    expected: z
      .array(z.enum(ALERT_IDS))
      .nullable()
      .describe('Those that have to fire, and no others; null where the drill demands nothing'),
    windowsMs: z
      .strictObject({ p95: z.number(), success: z.number(), cost: z.number() })
      .describe('For how long it has to be so, scaled with the agenda'),
  })
  .describe('The alerts on the drill’s own samples')

/** Facts about the run that no other line repeats: what the result needs of the drill and its surroundings. */
const started = z.strictObject({
  type: z.literal('run.started'),
  run: z.strictObject({
    id: z.string(),
    tag: z.string().describe('Short tag of the run, in every marker'),
    mode: z.enum(['unattended', 'attended']),
    attended: z.boolean(),
    seed: z.number().int(),
    command: z.string().describe('How to repeat the run'),
    versions: z.record(z.string(), z.string()),
    people: peopleSchema.exactOptional().describe('Who held which role; absent where nobody did'),
    blind: z.literal(true).exactOptional().describe('The faults were drawn by seed and hidden'),
  }),
  drill: drillSchema,
  objectives: z.strictObject({
    success: z.number(),
    p95Ms: z.number(),
    costUsd: z.number(),
    windowDays: z.number(),
    requests: z.number(),
  }),
  targets: targetsSchema,
  traffic: z.strictObject({
    perSecond: z.number(),
    countsAgainstBudget: z.boolean(),
    spentBefore: z.number().nullable(),
    spentFrom: z
      .enum(['log', 'config'])
      .exactOptional()
      .describe('Who says so: the request log, or gameday.yaml'),
  }),
  load: z.strictObject({
    perSecond: z.number(),
    arrivals: z.enum(['uniform', 'poisson']),
    timeoutMs: z.number(),
    controlShare: z.number(),
  }),
  environment: environmentSchema,
  phases: z.array(z.strictObject({ name: z.string(), kind: z.enum(PHASE_KINDS), plannedMs: z.number() })),
  alerts: startedAlerts.exactOptional(),
  despiteFreeze: z.string().nullable(),
  before: beforeSchema.exactOptional().describe('The drill of this name before this one'),
})

const phase = { index: z.number().int(), name: z.string(), kind: z.enum(PHASE_KINDS) }
/** Why the watchdog undoes a run: its runner is gone, gives no sign of life, or a fault outlasts its deadline. */
export const WATCHDOG_REASONS = ['gone', 'silent', 'overdue'] as const
export type WatchdogReason = (typeof WATCHDOG_REASONS)[number]

/** `fault` numbers the drill's faults from 0 in the order of the agenda. */
const fault = { fault: z.number().int() }
const evidence = z.array(z.string())

export const journalEventSchema = z.discriminatedUnion('type', [
  started,
  z.strictObject({ type: z.literal('phase.started'), ...phase, plannedMs: z.number() }),
  z.strictObject({ type: z.literal('phase.ended'), ...phase }),
  z.strictObject({ type: z.literal('said'), role: z.enum(CREW_ROLES), text: z.string() }),
  z.strictObject({
    type: z.literal('gate.decided'),
    gate: z.string(),
    role: crewRole.exactOptional().describe('Who was asked'),
    decision: z.enum(['go', 'no-go', 'yes', 'no']),
    by: decider,
    who: z.string().nullable(),
    reason: z.string(),
  }),
  z.strictObject({ type: z.literal('check'), check: z.string(), passed: z.boolean(), detail: z.string() }),
  z.strictObject({
    type: z.literal('rollback.recorded'),
    fault: z
      .number()
      .int()
      .nullable()
      .describe('null for what the stage itself changes, for one its proxies'),
    plan: z.string(),
    what: z.string(),
    file: z.string(),
  }),
  z.strictObject({
    type: z.literal('fault.requested'),
    ...fault,
    kind: z.string(),
    target,
    parameters: z.record(z.string(), z.unknown()),
    network: z.boolean().describe('Whether the way to the provider fails rather than the provider'),
    whole: z.boolean().describe('Whether every request to the target is hit'),
    cutsOnRevert: z
      .literal(true)
      .exactOptional()
      .describe('Where undoing it cuts connections: what fails by that is the tool’s doing'),
    capMs: z.number(),
    phase: z.number().int(),
  }),
  z.strictObject({
    type: z.literal('fault.in-force'),
    ...fault,
    uncertaintyMs: z.number(),
    detail: z.string(),
  }),
  z.strictObject({ type: z.literal('fault.proven'), ...fault, proof: z.string(), evidence }),
  z.strictObject({ type: z.literal('fault.not-proven'), ...fault, reason: z.string() }),
  z.strictObject({
    type: z.literal('fault.reverting'),
    ...fault,
    why: z.enum(['agenda', 'cap', 'abort', 'signal', 'error']),
  }),
  z.strictObject({ type: z.literal('fault.reverted'), ...fault, detail: z.string() }),
  z.strictObject({ type: z.literal('fault.gone'), ...fault, proof: z.string(), evidence }),
  z.strictObject({
    type: z.literal('fault.not-gone'),
    ...fault,
    reason: z.string(),
    byHand: z.array(z.string()),
  }),
  z.strictObject({
    type: z.literal('hand.asked'),
    ...fault,
    to: z.enum(['revoke', 'restore']).describe('What a hand is to do in the vendor’s console'),
  }),
  z.strictObject({
    type: z.literal('hand.done'),
    ...fault,
    to: z.enum(['revoke', 'restore']),
    by: decider,
    lastMs: z.number().describe('When a question with the key was last answered as before'),
  }),
  z.strictObject({
    type: z.literal('fault.skipped'),
    ...fault,
    kind: z.string(),
    target,
    reason: z.string(),
    by: z
      .literal('people')
      .exactOptional()
      .describe('Where it was not the system that kept it from being broken'),
  }),
  z.strictObject({
    type: z.literal('rollback.undone'),
    plan: z.string(),
    proven: z.boolean(),
    by: z.enum(['run', 'watchdog', 'recover']),
    detail: z.string(),
    theirs: z
      .array(z.string())
      .exactOptional()
      .describe('What somebody else did to the same proxy meanwhile; it was left as it is'),
  }),
  z.strictObject({ type: z.literal('rollback.forgotten'), plan: z.string(), detail: z.string() }),
  z.strictObject({ type: z.literal('watchdog.started'), pid: z.number().int() }),
  z.strictObject({ type: z.literal('watchdog.lost'), detail: z.string() }),
  z.strictObject({
    type: z.literal('watchdog.undoing'),
    why: z.enum(WATCHDOG_REASONS),
    detail: z.string(),
  }),
  z.strictObject({
    type: z.literal('router.circuit'),
    provider: role,
    state: z.enum(['closed', 'open', 'half-open']),
    reason: z.string(),
    class: z.enum(FAILURE_CLASSES).nullable(),
  }),
  z.strictObject({
    type: z.literal('router.bypassed'),
    provider: role.describe('Who gets everything from now on, past its judgement'),
    by: decider,
    who: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal('abort'),
    rule: z.string(),
    reason: z.string(),
    by: z.enum(['rule', 'person', 'script', 'signal']),
    who: z.string().exactOptional().describe('Who said stop, and in which role, where somebody did'),
  }),
  z.strictObject({
    type: z.literal('note'),
    note: z.string().describe('n1, n2, …'),
    ...speaker,
    kind: z.enum(NOTE_KINDS),
    text: z.string(),
    forMs: z.number().describe('The moment it is about: when it was begun, or what it was dated back to'),
    ...assigned,
    script,
  }),
  z.strictObject({
    type: z.literal('note.corrected'),
    note: z.string().describe('Id of the note; what it said before stays where it is'),
    ...speaker,
    text: z.string(),
    forMs: z
      .number()
      .exactOptional()
      .describe('The moment it is about now; only where the correction says another'),
    ...assigned,
    script,
  }),
  z.strictObject({ type: z.literal('seat.joined'), ...speaker }),
  z.strictObject({ type: z.literal('seat.left'), ...speaker }),
  z.strictObject({
    type: z.literal('debrief.said'),
    about: z.enum(DEBRIEF_QUESTIONS),
    role: crewRole,
    by: decider,
    who: z.string().nullable(),
    text: z.string(),
  }),
  z.strictObject({
    type: z.literal('finding.assigned'),
    finding: z.string().describe('Key of the finding: its rule, numbered where there are several'),
    title: z.string(),
    owner: z.string().nullable(),
    due: z.string().nullable().describe('ISO date'),
    whyNot: z.string().nullable().describe('Why nobody does anything about it'),
    by: decider,
    who: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal('next.proposed'),
    date: z.string().describe('ISO date of the next drill'),
    by: decider,
    who: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal('load.summary'),
    offered: z.number().int(),
    sent: z.number().int(),
    dropped: z.number().int(),
    dispatchLagP99Ms: z.number().nullable(),
    loopDelayP99Ms: z.number().nullable(),
  }),
  z.strictObject({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal('run.ended'),
    reason: z.enum(['agenda', 'not-ready', 'unproven', 'abort', 'signal', 'error']),
    detail: z.string(),
  }),
])
export type JournalEvent = z.infer<typeof journalEventSchema>
export type JournalEventType = JournalEvent['type']
export type EventOf<T extends JournalEventType> = Extract<JournalEvent, { type: T }>

/** What every line adds to its event: an id for findings to cite, the drill's clock, and the wall clock for people. */
export const journalStampSchema = z.object({ id: z.string(), atMs: z.number(), at: z.string() })
export type JournalEntry<E extends JournalEvent = JournalEvent> = z.infer<typeof journalStampSchema> & E
