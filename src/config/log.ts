import { z } from 'zod'
import { duration, objectiveFields } from '../base/index.ts'
import { envName } from './env-name.ts'

/** What `gameday.yaml` says about the promise, the request log, the alerts on it and where it is exported to. */

const { success, p95, cost } = objectiveFields
const DAY = 86_400_000

export const objectivesSchema = z.strictObject({
  ...objectiveFields,
  success: success.prefault('99.5%'),
  p95: p95.prefault('2.5s'),
  cost: cost.prefault('$0.015'),
})
export type ObjectivesConfig = z.infer<typeof objectivesSchema>

export const logSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .exactOptional()
    .describe('The SQLite file, relative to the working folder; requests.db in the state folder if left out'),
  retention: duration({ least: DAY, most: 800 * DAY })
    .prefault('90d')
    .describe('How long requests are kept'),
  text: z.boolean().default(false).describe('Whether what was asked and answered is kept as well'),
})
export type LogConfig = z.infer<typeof logSchema>

export const alertsSchema = z.strictObject({
  webhook: envName
    .exactOptional()
    .describe('Name of the environment variable that holds the webhook’s address (Slack-compatible JSON)'),
  command: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe('Program and arguments to start; it gets the page as JSON on its standard input'),
})
export type AlertsConfig = z.infer<typeof alertsSchema>

export const exportSchema = z.strictObject({
  otlp: z
    .strictObject({
      endpoint: envName
        .default('OTEL_EXPORTER_OTLP_ENDPOINT')
        .describe('Name of the environment variable that holds the address, without /v1/traces'),
      headers: envName
        .default('OTEL_EXPORTER_OTLP_HEADERS')
        .describe('Name of the environment variable that holds the headers: name=value,name=value'),
    })
    .exactOptional()
    .describe('OpenTelemetry spans over OTLP/HTTP, as Langfuse takes them'),
  helicone: z
    .strictObject({
      key: envName
        .default('HELICONE_API_KEY')
        .describe('Name of the environment variable that holds the key'),
      endpoint: z
        .url({ protocol: /^https?$/ })
        .default('https://api.worker.helicone.ai/custom/v1/log')
        .describe('Where its log takes requests'),
    })
    .exactOptional()
    .describe('Helicone’s logging endpoint'),
})
export type ExportConfig = z.infer<typeof exportSchema>
