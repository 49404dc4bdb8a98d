import { z } from 'zod'
import { duration } from '../base/index.ts'
import { alertsSchema, exportSchema, logSchema, objectivesSchema } from './log.ts'
import { providersSchema } from './providers.ts'
import { address, port, routerSchema } from './router.ts'

/** `gameday.yaml`, version 1. Everything has a default, so that a drill runs without the file. */

const stageSchema = z.strictObject({
  listen: address.default('127.0.0.1').describe('Address that gate and embedded Toxiproxy bind to'),
  advertise: address
    .default('127.0.0.1')
    .describe('Address at which a Toxiproxy that runs elsewhere reaches the gate'),
  ports: z
    .strictObject({
      primaryGate: port.default(0).describe('Port of the gate in front of the primary'),
      secondaryGate: port.default(0).describe('Port of the gate in front of the secondary'),
      control: port.default(0).describe("Port of the gate's control endpoint"),
      primaryProxy: port.default(0).describe("Port of the primary's proxy in Toxiproxy"),
      secondaryProxy: port.default(0).describe("Port of the secondary's proxy in Toxiproxy"),
      toxiproxy: port.default(0).describe('Port of the embedded Toxiproxy’s API'),
    })
    .prefault({})
    .describe('Fixed ports; 0 lets the kernel choose, and gameday serve stage take its own'),
  url: z
    .url({ protocol: /^https?$/, error: 'write an address such as http://127.0.0.1:8470' })
    .exactOptional()
    .describe(
      'A stage that runs already (gameday serve stage), for drills to use; without it each has its own',
    ),
})
export type StageConfig = z.infer<typeof stageSchema>

const toxiproxySchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('A running Toxiproxy; without it the embedded one is started'),
  listen: address.default('127.0.0.1').describe('Address that its proxies bind to: 0.0.0.0 in a container'),
  reach: address.default('127.0.0.1').describe('Address at which the router reaches its proxies'),
  timeout: duration({ least: 10, most: 300_000 })
    .prefault('5s')
    .describe('Longest that one control call may take'),
})
export type ToxiproxyConfig = z.infer<typeof toxiproxySchema>

const errorBudgetSchema = z.strictObject({
  spent: z
    .number()
    .min(0)
    .optional()
    .describe('Failures already counted in this window, where there is no request log; unknown if left out'),
})

export const configSchema = z
  .strictObject({
    version: z.literal(1).describe('Version of the format'),
    providers: providersSchema,
    router: routerSchema.prefault({}).describe('The router that is drilled; the embedded one if left out'),
    toxiproxy: toxiproxySchema.prefault({}).describe('The fault injector'),
    stage: stageSchema.prefault({}).describe('Where gate and embedded Toxiproxy listen'),
    objectives: objectivesSchema
      .prefault({})
      .describe('What is promised: what the request log is held against. A drill states its own'),
    log: logSchema.prefault({}).describe('The request log of the router that `gameday serve router` starts'),
    alerts: alertsSchema.prefault({}).describe('Who is told when one of the three alerts fires'),
    export: exportSchema.prefault({}).describe('Where requests are told of besides the log'),
    errorBudget: errorBudgetSchema.prefault({}).describe('What of the error budget is already spent'),
  })
  .meta({ title: 'gameday.config/1', description: 'gameday.yaml, as a person writes it' })

export type Config = z.infer<typeof configSchema>
