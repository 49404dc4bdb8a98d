import { z } from 'zod'
import { CREW_ROLES, duration, isIsoDay, NOTE_KINDS } from '../base/index.ts'
import { SILENT } from './gates.ts'
import { line } from './text.ts'

/** What a script says in the place of people: in the drill file under `answers`, or as a file of its own. */

const HOURS_8 = 28_800_000

const after = (since: string) =>
  duration({ most: HOURS_8 }).prefault('0s').describe(`How long after ${since}; default 0s`)
const phase = () => line().describe('Name of the phase in which it happens')

/** A day as the questions about owners and dates read it. */
const DAY = /^(?:\d{4}-\d\d-\d\d|\+\d{1,3}[dw])$/
const day = () => {
  const error = 'write a date such as 2026-12-18, or one counted from the drill’s day such as +7d or +2w'
  // The pattern is for the schema that editors know.
  return z
    .string({ error })
    .regex(DAY, { error })
    .refine((text) => text.startsWith('+') || isIsoDay(text), { error })
}

const crew = z
  .strictObject({
    lead: line().describe('Name of the lead'),
    operator: line().optional().describe('Name of the operator; the lead’s if left out'),
    scribe: line().optional().describe('Name of the scribe; the lead’s if left out'),
  })
  .transform(({ lead, operator = lead, scribe = lead }) => ({ lead, operator, scribe }))

const word = line()
const gate = z.union(
  [
    word.transform((say) => ({ say, after: 0 })),
    z.literal(false).transform(() => ({ say: SILENT, after: 0 })),
    z.strictObject({ say: word.describe('What is answered'), after: after('the question is put') }),
  ],
  {
    error: 'write a word, or a map with say and after',
  },
)

const note = z.strictObject({
  phase: phase(),
  after: after('the phase begins'),
  as: z.enum(CREW_ROLES).default('scribe').describe('In which role it is written'),
  kind: z.enum(NOTE_KINDS).default('note').describe('Kind of the note'),
  text: line().describe(
    'As it would be typed: @-45s at its beginning dates it back; in a to-do, @name names the owner and “by <day>” the day',
  ),
  corrects: z
    .string()
    .regex(/^n[1-9]\d*$/, { error: 'write the id of a note, such as n1' })
    .optional()
    .describe('Id of the note that this one corrects: n1 is the first of the drill'),
})

const finding = z.union(
  [
    z.strictObject({ owner: line().describe('Who does it'), due: day().describe('By when') }),
    z.strictObject({ not: line().describe('Why nobody does anything about it') }),
  ],
  { error: 'write a map with owner and due, or one with not' },
)

const shape = {
  crew: crew.optional().describe('Names by role; one person may hold all'),
  gates: z
    .record(z.string(), gate)
    .default({})
    .describe(
      'Answers by the question: go / no-go, arm <break>, did the alert fire? <break>, clear? <restore>. What is not here, or never, is left to the clock',
    ),
  notes: z.array(note).default([]).describe('What is written down'),
  abort: z
    .strictObject({ phase: phase(), after: after('the phase begins') })
    .optional()
    .describe('When somebody aborts the drill'),
  debrief: z
    .strictObject({
      'went well': line().optional().describe('What went well'),
      surprised: line().optional().describe('What surprised'),
      'missing alert': line().optional().describe('Which alert was missing; none, if none was'),
    })
    .prefault({})
    .describe('What is said in the debrief'),
  findings: z
    .record(z.string(), finding)
    .default({})
    .describe(
      'Who takes care of a finding, by its key (its rule, numbered where there are several); * for every other one',
    ),
  next: day().optional().describe('Day of the next drill'),
}

/** The `answers` of a drill file. */
export const answersSchema = z.strictObject(shape)

/** A file of answers, version 1. Strict: an unknown key is an error. */
export const answersFileSchema = z
  .strictObject({ version: z.literal(1).describe('Version of the format'), ...shape })
  .meta({ title: 'gameday.answers/1', description: 'What a script answers in the place of people' })

export type Answers = z.infer<typeof answersSchema>
