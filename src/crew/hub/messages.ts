import { z } from 'zod'
import { CREW_ROLES } from '../../base/index.ts'
import { entryParser, NOTE_KINDS, type JournalEntry } from '../../record/index.ts'
import { plainText } from '../note-text.ts'
import { MOST_NAME } from './limits.ts'
import { questionSchema, statusSchema } from './status-schema.ts'

/**
 * What goes over the socket of a drill, a line of JSON each:
 *
 *     guest                                  hub
 *       hello (who, sits or not) ───────────▶
 *            ◀─────────── welcome, then the backlog as entries; or refused
 *            ◀─────────── entry · status · questions · show, as they come
 *       note · answer · abort · here ───────▶
 *            ◀─────────── noted · answered, by the id of what was asked
 *            ◀─────────── end, or dropped
 */

const id = z.number().int().nonnegative()

/** A name that can be shown anywhere. */
const name = z.string().transform(plainText).pipe(z.string().min(1).max(MOST_NAME))

/** Whatever else it says, a hello says which language it speaks. */
export const greetingSchema = z.looseObject({ type: z.literal('hello'), protocol: z.number() })

export const helloSchema = z.strictObject({
  type: z.literal('hello'),
  protocol: z.number(),
  /** Whether it wants to watch and takes the role, or says one thing and goes. */
  sits: z.boolean(),
  as: z.enum([...CREW_ROLES, 'observer']),
  name,
})
export type Hello = z.infer<typeof helloSchema>

export const wishSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('note'),
    id,
    kind: z.enum(NOTE_KINDS),
    text: z.string(),
    begunMs: z.number(),
    corrects: z.string().max(20).nullable(),
  }),
  z.strictObject({ type: z.literal('answer'), id, gate: z.string().max(200), text: z.string() }),
  z.strictObject({ type: z.literal('abort') }),
  z.strictObject({ type: z.literal('here') }),
])
export type Wish = z.infer<typeof wishSchema>
export type WishOf<T extends Wish['type']> = Extract<Wish, { type: T }>

const entry = z.unknown().transform((value, context): JournalEntry => {
  const parsed = entryParser.safeParse(value)
  if (parsed.success) return parsed.data
  context.addIssue({ code: 'custom', message: 'no entry of a journal' })
  return z.NEVER
})

const receipt = z.union([
  z.strictObject({ id: z.string(), forMs: z.number().exactOptional() }),
  z.strictObject({ problem: z.string() }),
])

export const newsSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    protocol: z.number(),
    run: z.string(),
    drill: z.string(),
    epochMs: z.number(),
  }),
  z.strictObject({
    type: z.literal('refused'),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('entry'), entry }),
  z.strictObject({ type: z.literal('status'), status: statusSchema }),
  z.strictObject({
    type: z.literal('questions'),
    open: z.array(questionSchema).readonly(),
    elsewhere: z.array(questionSchema).readonly(),
  }),
  z.strictObject({ type: z.literal('show'), lines: z.array(z.string()).readonly() }),
  z.strictObject({ type: z.literal('draft'), lines: z.array(z.string()).readonly() }),
  z.strictObject({ type: z.literal('noted'), id, receipt }),
  z.strictObject({ type: z.literal('answered'), id, problem: z.string().nullable() }),
  z.strictObject({ type: z.literal('dropped'), why: z.string() }),
  z.strictObject({ type: z.literal('end') }),
])
export type News = z.infer<typeof newsSchema>
export type NewsOf<T extends News['type']> = Extract<News, { type: T }>

/** Reads a line; null for what is no JSON or not of this shape. */
export function readLine<T>(line: string, schema: z.ZodType<T>): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
