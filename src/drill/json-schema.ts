import { z } from 'zod'
import { drillSchemaWith, type OverrideSchemas } from './schema.ts'

/** The JSON Schema of a drill file as a person writes it, by the name of its published file. */
export function drillJsonSchemas(overrides: OverrideSchemas): {
  'drill.schema.json': z.core.JSONSchema.BaseSchema
} {
  return {
    'drill.schema.json': z.toJSONSchema(drillSchemaWith(overrides), { io: 'input', target: 'draft-2020-12' }),
  }
}
