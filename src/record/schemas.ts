import { z } from 'zod'
import { attemptSchema } from './attempt.ts'
import { journalEventSchema } from './journal.ts'
import { resultSchema } from './result.ts'
import { sampleSchema } from './sample.ts'

/** The published JSON Schemas of a run's files, by the names of their files. */
export function recordJsonSchemas() {
  return {
    'result.schema.json': z.toJSONSchema(resultSchema),
    'sample.schema.json': z.toJSONSchema(sampleSchema),
    'attempt.schema.json': z.toJSONSchema(attemptSchema),
    'event.schema.json': z.toJSONSchema(journalEventSchema),
  }
}
