import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The JSON Schema of `gameday.yaml` as a person writes it, by the name of its published file. */
export function configJsonSchemas(): { 'config.schema.json': z.core.JSONSchema.BaseSchema } {
  return { 'config.schema.json': z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' }) }
}
