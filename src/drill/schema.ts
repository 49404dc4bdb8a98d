import { z } from 'zod'
import { ALERT_IDS, duration, objectiveFields, percent, rate } from '../base/index.ts'
import { answersSchema } from './answers.ts'
import { phaseSchema } from './phase.ts'
import { line, text } from './text.ts'

/** A drill file, version 1. Strict: an unknown key is an error. */

const MINUTES_10 = 600_000

const objectives = z.strictObject(objectiveFields)

const traffic = z.strictObject({
  rate: rate().describe("The client's real traffic, for what an outage would spend"),
  countsAgainstBudget: z
    .boolean()
    .default(false)
    .describe('Whether the drill’s own load is real users’ traffic'),
})

const targets = z.strictObject({
  failover: duration({ least: 1 })
    .prefault('5s')
    .describe('From the fault in force to stable service by the other provider'),
  failback: duration({ least: 1 })
    .prefault('15s')
    .describe('From the fault undone to stable service by the restored provider'),
  tax: duration().prefault('50ms').describe('Extra time a request pays while the router is failed over'),
})

const load = z.strictObject({
  rate: rate({ least: 0.1, most: 2000 }).prefault('10/s').describe('Requests through the router'),
  arrivals: z
    .enum(['uniform', 'poisson'])
    .default('poisson')
    .describe('poisson: at random, as from many users; uniform: evenly spaced'),
  seed: z.int().min(0).default(1).describe('Arrivals, delays and the order of prompts follow from it'),
  streams: percent().prefault('60%').describe('Share of requests that ask for a stream'),
  prompts: z
    .string()
    .min(1)
    .default('prompts.yaml')
    .describe('File of prompts, relative to the drill file; if it is not there, beside the shipped drills'),
  timeout: duration({ least: 100, most: MINUTES_10 })
    .prefault('10s')
    .describe('How long the client waits before it gives up'),
  controlShare: percent({ least: 0.001, most: 0.5 })
    .prefault('2%')
    .describe(
      'Requests that go straight to the primary beside the router, at most 1/s, as a share of the rate: without them no fault is proven',
    ),
})

const alerts = z.strictObject({
  expected: z
    .array(z.enum(ALERT_IDS))
    .refine((ids) => new Set(ids).size === ids.length, { error: 'name each alert once' })
    .describe('Alerts that have to fire, and no others; their objectives are missed on purpose'),
})

const steadyState = z.strictObject({
  success: percent().prefault('99%').describe('Least share of successes in the baseline'),
  p95: duration({ least: 1 }).optional().describe('Most p95 in the baseline; the objective if left out'),
  primaryShare: percent()
    .prefault('95%')
    .describe("Least share of the baseline's marked requests seen at the primary's gate"),
})

const held = duration({ least: 1000, most: 3_600_000 }).describe('For how long it must be so')
const when = <K extends string>(name: K) => z.literal(name).describe('What is watched')

const abortRule = z.discriminatedUnion('when', [
  z.strictObject({
    when: when('success-below'),
    floor: percent().describe('Share of requests that succeed'),
    for: held,
  }),
  z.strictObject({
    when: when('p95-above'),
    limit: duration({ least: 1 }).describe('p95, failures counted as infinite'),
    for: held,
  }),
  z.strictObject({
    when: when('budget-share-over'),
    share: percent().describe("Share of the window's error budget that this outage would spend"),
  }),
  z.strictObject({
    when: when('burn-rate-over'),
    factor: z.number().positive().describe('Times the rate that spends the budget in exactly its window'),
    for: held,
  }),
  z.strictObject({ when: when('lost-toxiproxy'), for: held }),
])
export type AbortRule = z.infer<typeof abortRule>

/** What of the configuration a drill may override: the room `config/` knows, whoever loads the drill hands it in. */
export interface OverrideSchemas<R = unknown, P = unknown> {
  router: z.ZodType<R>
  providers: z.ZodType<P>
}

/**
 * Makes the schema of a drill file whose overrides are checked by the configuration's own schemas, so that a mistake in
 * them is found with its line and column too.
 */
export function drillSchemaWith<R, P>(overrides: OverrideSchemas<R, P>) {
  return z
    .strictObject({
      version: z.literal(1).describe('Version of the format'),
      title: line().max(120).describe('One line: what is rehearsed'),
      hypothesis: text().describe('What you expect to see, in a sentence or two'),
      claim: z
        .enum(['slo', 'behaviour', 'recovery'])
        .default('slo')
        .describe(
          'behaviour: an objective may be inconclusive; recovery: none decides, only how fast service comes back. The report then says that the SLO is not claimed',
        ),
      objectives: objectives.describe('What is promised'),
      traffic: traffic.describe('The real traffic that a real outage would hit'),
      targets: targets.prefault({}).describe('How fast the system has to fail over and come home'),
      load: load.prefault({}).describe('What the drill sends'),
      router: overrides.router.optional().describe('Overrides of gameday.yaml’s router, for this drill'),
      providers: overrides.providers
        .optional()
        .describe('Overrides of gameday.yaml’s providers, for this drill'),
      steadyState: steadyState
        .prefault({})
        .describe('What must hold in the baseline before anything is broken'),
      abort: z.array(abortRule).default([]).describe('When the drill stops and restores by itself'),
      alerts: alerts
        .exactOptional()
        .describe(
          'Which of the three alerts this drill is meant to set off; nothing is demanded if left out',
        ),
      agenda: z.array(phaseSchema).min(1).describe('The phases, in order'),
      answers: answersSchema
        .optional()
        .describe('What a script says in the place of people, when the drill runs unattended'),
    })
    .meta({ title: 'gameday.drill/1', description: 'A drill of gameday, as a person writes it' })
}

/** A drill file as it is read; its router and provider overrides have the types of the schemas it was read with. */
export type DrillFile<R = unknown, P = unknown> = z.infer<ReturnType<typeof drillSchemaWith<R, P>>>
