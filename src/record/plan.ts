import { z } from 'zod'

/** One plain API call, so that a person can run it with `curl` and a program that knows nothing else can run it too. */
export const apiCallSchema = z.strictObject({
  what: z.string().describe('What the call does, as a sentence'),
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
  url: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  /** Statuses that mean done; 404 on a DELETE means that it was gone already. */
  expect: z.array(z.number().int()),
})
export type ApiCall = z.infer<typeof apiCallSchema>

/**
 * The rollback record of one change: what, on which server, its state before, how to undo it, and by when.
 * It is on disk before the change is made, and removed when the undoing is proven. It never holds a provider's key.
 */
export const undoPlanSchema = z.strictObject({
  schema: z.literal('gameday.undo/1'),
  id: z.string(),
  run: z.string(),
  what: z.string(),
  target: z.strictObject({
    kind: z.enum(['toxiproxy', 'gate']),
    url: z.string().describe('Base URL of the server that holds the state'),
    name: z.string().describe('Name of the proxy or of the gate fault'),
    pid: z.number().int().nullable().describe('Process that dies with the run, if the server lives in it'),
  }),
  before: z.unknown().describe('State of the target as it was found'),
  undo: z.array(apiCallSchema),
  writtenAt: z.string(),
  deadlineAt: z.string().describe('ISO time by which it must be undone, whatever the agenda says'),
})
export type UndoPlan = z.infer<typeof undoPlanSchema>
