import { z } from 'zod'
import { duration, FORMAT_IDS } from '../base/index.ts'
import { cacheOverridesSchema, cacheSchema } from './cache.ts'
import { envName } from './env-name.ts'
import { guardrailsOverridesSchema, guardrailsSchema } from './guardrails.ts'
import { routingOverrides, routingSettings } from './routing.ts'

/**
 * The router that is drilled: the embedded one with its settings, and what of them a drill may override; or somebody
 * else's, of which only the way to it is known.
 */

export const port = z.int().min(0).max(65_535)
export const address = z.string().min(1).max(255)

const HOUR = 3_600_000
const limit = duration({ least: 1, most: HOUR })

const timeout = {
  headers: limit.describe('Connecting and the first header'),
  firstToken: limit.describe('First content; pings and role deltas do not stop this clock'),
  interToken: limit.describe('Between one piece of content and the next'),
  total: limit.describe('The whole request, over all attempts'),
}

const circuit = {
  failures: z
    .int()
    .min(1)
    .max(1000)
    .describe('Failures in a row that open the circuit; a credential or quota failure opens it at once'),
  probeEvery: duration({ least: 100, most: HOUR }).describe(
    'While open, one live request in this time tries the target again',
  ),
  retryAfterMost: duration({ most: HOUR }).describe('Most that a Retry-After is believed'),
}

const attempt = {
  attempts: z.int().min(1).max(6).describe('Most attempts for one request, over all targets'),
  retrySameTarget: z
    .int()
    .min(0)
    .max(3)
    .describe('Retries at the same target; never after a credential or quota failure'),
}

const promptCache = z
  .enum(['off', '5m', '1h'])
  .describe(
    'Lets Anthropic cache what questions share, tools and system text, for this long; writing costs more than a plain token',
  )

const kindText = 'embedded: gameday’s own; external: yours, which is asked where it is'

const embedded = z.strictObject({
  kind: z.literal('embedded').default('embedded').describe(kindText),
  listen: address.default('127.0.0.1').describe('Address that the router binds to'),
  port: port.default(0).describe('0 lets the kernel choose'),
  attempts: attempt.attempts.default(2),
  retrySameTarget: attempt.retrySameTarget.default(0),
  timeouts: z
    .strictObject({
      headers: timeout.headers.prefault('5s'),
      firstToken: timeout.firstToken.prefault('2s'),
      interToken: timeout.interToken.prefault('5s'),
      total: timeout.total.prefault('30s'),
    })
    .prefault({})
    .describe('The four clocks of a request'),
  circuit: z
    .strictObject({
      failures: circuit.failures.default(3),
      probeEvery: circuit.probeEvery.prefault('5s'),
      retryAfterMost: circuit.retryAfterMost.prefault('60s'),
    })
    .prefault({})
    .describe('When a provider is taken out, and when it is tried again'),
  ...routingSettings,
  guardrails: guardrailsSchema.prefault({}).describe('Limits on tokens and money'),
  cache: cacheSchema.prefault({}).describe('Answers kept for bad networks'),
  promptCache: promptCache.default('off'),
  drainLead: duration({ most: HOUR })
    .prefault('0s')
    .describe('How long /readyz says 503, when it is told to stop, before it takes no more connections'),
})
/** The embedded router's settings. */
export type RouterConfig = z.infer<typeof embedded>

/** What no HTTP header can carry makes no header; `$NAME` is looked up in the environment, so that no secret stands here. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'write the name of a header such as x-portkey-config' })
const headerValue = z.string().regex(/^[\x20-\x7e]+$/, {
  error: 'write text without line breaks, or $NAME for what an environment variable holds',
})

const external = z.strictObject({
  kind: z.literal('external').describe(kindText),
  url: z
    .url({ protocol: /^https?$/, error: 'write an address such as http://127.0.0.1:4000/v1' })
    .refine((url) => !/^\w+:\/\/[^/]*@/.test(url), {
      error: 'write the address without a user name or password',
    })
    .describe('Its base URL, as clients are given it, such as http://127.0.0.1:4000/v1'),
  model: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Model that it is asked for, by the name that it knows; the primary’s if left out'),
  key: envName
    .default('GAMEDAY_ROUTER_KEY')
    .describe('Name of the environment variable that holds the key it asks its clients for'),
  headers: z
    .record(headerName, headerValue)
    .default({})
    .describe('Further headers of every request; $NAME stands for what that environment variable holds'),
  format: z
    .enum(FORMAT_IDS)
    .default('openai')
    .describe('Wire format in which it is asked: openai is Chat Completions, anthropic is Messages'),
})
/** The way to a router that is not gameday's. */
export type ExternalRouterConfig = z.infer<typeof external>

/** The way to a router at an address, as far as the configuration of one says more than that. */
export function externalRouterAt(
  url: string,
  { router }: { router: z.infer<typeof routerSchema> },
): ExternalRouterConfig {
  return { ...(router.kind === 'external' ? router : external.parse({ kind: 'external', url })), url }
}

export const routerSchema = z.discriminatedUnion('kind', [embedded, external])

/** What a drill may override of the router, field by field. Where it listens, it may not. */
export const routerOverridesSchema = z.strictObject({
  attempts: attempt.attempts.exactOptional(),
  retrySameTarget: attempt.retrySameTarget.exactOptional(),
  timeouts: z
    .strictObject({
      headers: timeout.headers.exactOptional(),
      firstToken: timeout.firstToken.exactOptional(),
      interToken: timeout.interToken.exactOptional(),
      total: timeout.total.exactOptional(),
    })
    .exactOptional()
    .describe('The four clocks of a request; set aside where the router is not the embedded one'),
  circuit: z
    .strictObject({
      failures: circuit.failures.exactOptional(),
      probeEvery: circuit.probeEvery.exactOptional(),
      retryAfterMost: circuit.retryAfterMost.exactOptional(),
    })
    .exactOptional()
    .describe(
      'When a provider is taken out, and when it is tried again; set aside where the router is not the embedded one',
    ),
  ...routingOverrides,
  guardrails: guardrailsOverridesSchema.exactOptional().describe('Limits on tokens and money'),
  cache: cacheOverridesSchema.exactOptional().describe('Answers kept for bad networks'),
  promptCache: promptCache.exactOptional(),
})
export type RouterOverrides = z.infer<typeof routerOverridesSchema>
