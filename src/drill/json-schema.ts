import { z } from 'zod'
import { answersFileSchema } from './answers.ts'
import { drillSchemaWith, type OverrideSchemas } from './schema.ts'

const options = { io: 'input', target: 'draft-2020-12' } as const

/** The JSON Schemas of a drill file and of an answers file as a person writes them, by the names of their published files. */
export function drillJsonSchemas(overrides: OverrideSchemas): {
  'drill.schema.json': z.core.JSONSchema.BaseSchema
  'answers.schema.json': z.core.JSONSchema.BaseSchema
} {
  return {
    'drill.schema.json': z.toJSONSchema(drillSchemaWith(overrides), options),
    'answers.schema.json': z.toJSONSchema(answersFileSchema, options),
  }
}
