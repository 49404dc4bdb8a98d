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

/** A proxy as it was found, or made: what a later look is compared with. */
const proxyFound = z.strictObject({
  listen: z.string(),
  upstream: z.string(),
  enabled: z.boolean(),
  toxics: z.array(z.string()).describe('Names of the toxics on it'),
})
export type ProxyFound = z.infer<typeof proxyFound>

const onToxiproxy = {
  url: z.string().describe('Base URL of the control interface of the server that holds the state'),
  /** A part of the run's own process, whose state goes when the process does. */
  withRun: z.boolean(),
  embedded: z
    .literal(true)
    .exactOptional()
    .describe('A server of gameday’s own that outlives the run: removing a toxic never freezes it'),
}
const onProxy = {
  ...onToxiproxy,
  proxy: z.string(),
  before: proxyFound,
  /** A URL through the proxy that its provider answers; null where the provider goes when the run does. */
  through: z.string().nullable(),
}

/** What is changed and where, as much of it as it takes to see later whether it is still there. */
export const changeSchema = z.discriminatedUnion('type', [
  /** Before it there was no such proxy. */
  z.strictObject({
    type: z.literal('proxy-created'),
    ...onToxiproxy,
    proxy: z.string(),
    upstream: z.string(),
    address: z
      .string()
      .nullable()
      .describe('host:port where clients reach it; null until the server has said so'),
  }),
  z.strictObject({
    type: z.literal('toxic-added'),
    ...onProxy,
    toxic: z.string(),
    cut: z
      .boolean()
      .exactOptional()
      .describe('Whether its proxy is being disabled to remove it, and is to be enabled again afterwards'),
  }),
  z.strictObject({ type: z.literal('proxy-disabled'), ...onProxy }),
  /** A part of the run's own process and of no other: only the run itself can start it again. */
  z.strictObject({
    type: z.literal('router-killed'),
    url: z.string().describe('Where the router listens'),
    withRun: z.literal(true),
  }),
  /** Done by a hand in the vendor's console, and undone there. The key itself is never here. */
  z.strictObject({
    type: z.literal('by-hand'),
    url: z.string().describe('Base URL of the vendor; of a simulated one, where the run’s gate is commanded'),
    withRun: z.boolean(),
    provider: z.string(),
    model: z.string(),
    keyVariable: z
      .string()
      .nullable()
      .describe('Environment variable that holds the key; null for a simulated one'),
    steps: z.array(z.string()).describe('What undoes it'),
  }),
  z.strictObject({
    type: z.literal('gate-fault'),
    url: z.string().describe('Base URL of the control endpoint of the gate'),
    withRun: z.boolean(),
    fault: z.string(),
    before: z.array(z.string()).describe('Faults that were in force there'),
  }),
])
export type Change = z.infer<typeof changeSchema>

/**
 * The rollback record of one change: what, on which server, its state before, how to undo it, and by when.
 * It is on disk before the change is made, and removed when the undoing is proven. It never holds a provider's key.
 */
export const undoPlanSchema = z.strictObject({
  schema: z.literal('gameday.undo/2'),
  id: z.string(),
  run: z.string(),
  dir: z.string().describe('Folder of the run: whoever undoes it later says there what was done'),
  what: z.string(),
  change: changeSchema,
  undo: z.array(apiCallSchema),
  writtenAt: z.string(),
  deadline: z
    .strictObject({
      at: z.string().describe('On the wall clock'),
      atMs: z.number().describe('On the monotonic clock of the machine, in this boot of it'),
    })
    .nullable()
    .describe('When it must be undone, whatever the agenda says; null for what may stay as long as the run'),
})
export type UndoPlan = z.infer<typeof undoPlanSchema>

/** Names the second toxic of a fault that takes two; undoing knows it by that for a part of the first one's change. */
export const secondToxic = (toxic: string) => `${toxic}-2`

/** The part of an undo plan that whoever makes the change knows. */
export type Undo = Pick<UndoPlan, 'what' | 'change' | 'undo'>
