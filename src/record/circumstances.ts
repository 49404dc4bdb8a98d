import { z } from 'zod'
import { FAULT_TARGETS, PROVIDER_ROLES } from '../base/index.ts'

/** What the first line of the journal and the result both say about a run: which drill, whose parts, what was demanded. */

const role = z.enum(PROVIDER_ROLES)

export const drillSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  file: z.string(),
  sha256: z.string(),
  claim: z.enum(['slo', 'behaviour', 'recovery']),
  hypothesis: z.string(),
})

export const environmentSchema = z.strictObject({
  router: z.strictObject({
    kind: z.enum(['embedded', 'external']),
    url: z.string(),
    bypass: role
      .exactOptional()
      .describe('Who got everything, past the router’s judgement; absent in an ordinary drill'),
    setAside: z
      .array(z.string())
      .exactOptional()
      .describe('Settings of the drill that are the embedded router’s, and did not count with this one'),
  }),
  toxiproxy: z.strictObject({
    kind: z.enum(['embedded', 'external']),
    version: z.string(),
    url: z.string(),
  }),
  stage: z
    .strictObject({ url: z.string() })
    .exactOptional()
    .describe('The stage that stood before the drill and stayed after it; absent where it had its own'),
  providers: z.array(
    z.strictObject({
      role,
      name: z.string(),
      format: z.string(),
      kind: z.enum(['simulated', 'real']),
      model: z.string(),
    }),
  ),
})

export const targetsSchema = z
  .strictObject({ failoverMs: z.number(), failbackMs: z.number(), taxMs: z.number() })
  .describe('What the drill demands of every failover, in milliseconds')

export const peopleSchema = z
  .strictObject({ lead: z.string(), operator: z.string(), scribe: z.string() })
  .describe('Names by role; one person may hold all')
export type People = z.infer<typeof peopleSchema>

const nullableMs = z.number().nullable()

/** The people's clocks, in milliseconds: how fast they noticed, decided, restored, and named a hidden fault. */
export const peopleClocksSchema = z.strictObject({
  noticeMs: nullableMs.describe('From the first fault in force to the first symptom noted'),
  decideMs: nullableMs.describe('From the first fault in force to the first decision noted'),
  restoreMs: nullableMs.describe('From the call to restore to proven restored'),
  diagnoseMs: nullableMs.describe(
    'From a hidden fault in force to the first right diagnosis; null unless blind',
  ),
})

/** What a drill is compared with: the last one of its name that could be judged. */
export const beforeSchema = z.strictObject({
  run: z.string(),
  startedAt: z.string(),
  attended: z.boolean(),
  verdict: z.string(),
  people: peopleClocksSchema,
  faults: z.array(
    z.strictObject({
      kind: z.string(),
      target: z.enum(FAULT_TARGETS),
      stableMs: nullableMs,
      failbackMs: nullableMs,
    }),
  ),
  findings: z.array(
    z.strictObject({
      key: z.string(),
      title: z.string(),
      owner: z.string().nullable(),
      due: z.string().nullable(),
      retest: z.string(),
      retestDue: z.boolean().describe('Whether its re-test was due when this drill began'),
    }),
  ),
})
export type Before = z.infer<typeof beforeSchema>
