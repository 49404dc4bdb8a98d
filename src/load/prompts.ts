import { z } from 'zod'
import { readYaml, type Path } from '../base/index.ts'

/** A file of prompts, version 1: what the load asks, on whose behalf and for which feature of the product. */
const promptSchema = z.strictObject({
  tenant: z.string().min(1).describe('Whose request it is: a customer of the product'),
  feature: z.string().min(1).describe('Which feature of the product asks'),
  context: z.enum(['short', 'long']).describe('Size class of the prompt'),
  stream: z
    .boolean()
    .optional()
    .describe('Always, or never, as a stream; left to the drill’s share if not given'),
  text: z.string().min(1),
})
export type Prompt = z.infer<typeof promptSchema>

export const promptsSchema = z
  .strictObject({ version: z.literal(1), prompts: z.array(promptSchema).min(1) })
  .meta({ id: 'gameday.prompts/1', title: 'gameday prompts' })

/** Room for a few hundred long prompts, all of which the load keeps in memory. */
const MOST_BYTES = 4 * 1024 * 1024

/** Prompts may be a client's: an error quotes what stands here and nothing else, wherever a text was put by mistake. */
const QUOTABLE = new Set<PropertyKey>(['version', 'tenant', 'feature', 'context', 'stream'])
const isSecret = (path: Path) => !QUOTABLE.has(path.at(-1) ?? '')

/**
 * Reads the text of a prompts file. `file` is only named in errors.
 *
 * @throws InvalidFileError `PROMPTS_INVALID` with every mistake at once, each as file:line:column
 */
export function parsePrompts(text: string, file: string): Prompt[] {
  return readYaml(text, {
    file,
    what: 'prompts file',
    code: 'PROMPTS_INVALID',
    schema: promptsSchema,
    secret: isSecret,
    mostBytes: MOST_BYTES,
  }).prompts
}
