export type { CacheConfig } from './cache.ts'
export type { Degradation, GuardrailsConfig } from './guardrails.ts'
export { differences, type Differences } from './differences.ts'
export { embeddedRouterOf, routingOf } from './embedded-router.ts'
export { envName } from './env-name.ts'
export { configJsonSchemas } from './json-schema.ts'
export { realKeyOf, resolveKeys, resolveRedis } from './keys.ts'
export { defaultConfig, loadConfig, parseConfig, readConfigFile, type ConfigFile } from './load.ts'
export type { AlertsConfig, ExportConfig, LogConfig, ObjectivesConfig } from './log.ts'
export { applyOverrides, setAside } from './overrides.ts'
export {
  baseUrl,
  providerOverridesSchema,
  type ProviderConfig,
  type RealProviderConfig,
  type SimulatedProviderConfig,
} from './providers.ts'
export { routerAccess, type RouterAccess } from './router-access.ts'
export {
  externalRouterAt,
  routerOverridesSchema,
  type ExternalRouterConfig,
  type RouterConfig,
} from './router.ts'
export { holds } from './routing.ts'
export { configSchema, type Config, type StageConfig, type ToxiproxyConfig } from './schema.ts'
export { watchConfig } from './watch.ts'
