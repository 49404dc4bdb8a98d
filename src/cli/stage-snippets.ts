import { PROVIDER_ROLES, type ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import { STAGE_VARIABLES, type StandingStage } from '../stage/index.ts'

interface Surroundings {
  providers: Config['providers']
  /** As a person writes it; null where the environment of the stage names both keys. */
  keysFile: string | null
}

/** Says where a stage is and what to write into a router's configuration, ready to be pasted. No key is in it. */
export function snippets(
  { url, facts: { proxies } }: Pick<StandingStage, 'url' | 'facts'>,
  { providers, keysFile }: Surroundings,
): string {
  const targets = targetsOf({ primary: proxies.primary.url, secondary: proxies.secondary.url }, providers)
  return [
    `The stage stands at ${url}: gameday run --stage ${url} --router <your router>`,
    ...targets.map(
      ({ role, base, name, kind, format }) => `  ${role.padEnd(9)}  ${base}  ${name} (${kind}, ${format})`,
    ),
    '',
    'Your router needs these two addresses in the place of the providers’ own, and these two keys. They open this stage',
    'and nothing else; the providers’ real keys stay here.',
    keysFile === null
      ? `  ${STAGE_VARIABLES.primary} and ${STAGE_VARIABLES.secondary}, as in this environment`
      : `  set -a; . ${keysFile}; set +a`,
    '',
    ...routerLines(targets),
    '',
    '# Official clients',
    ...targets.map(client),
    '',
  ].join('\n')
}

type Urls = Record<ProviderRole, string>

/** The lines that point a router at a stage, for each router known here. No key is in them. */
export const targetLines = (urls: Urls, providers: Config['providers']): string[] =>
  routerLines(targetsOf(urls, providers))

function routerLines(targets: readonly Target[]): string[] {
  return [
    '# LiteLLM (config.yaml)',
    'model_list:',
    ...targets.flatMap(litellm),
    '',
    '# Portkey (header x-portkey-config; put the keys in the place of their names)',
    JSON.stringify({ strategy: { mode: 'fallback' }, targets: targets.map(portkey) }),
    '',
    '# Bifrost (config.json)',
    JSON.stringify({
      providers: Object.fromEntries(targets.map((target) => [`stage-${target.role}`, bifrost(target)])),
    }),
  ]
}

/** The lines that let a router leave one provider while its client still waits for `timeoutMs`. */
export function timeoutLines(timeoutMs: number): string[] {
  // A quarter: what remains is enough for the other provider's whole answer.
  const ms = Math.round(timeoutMs / 4)
  return [
    '# LiteLLM (config.yaml); left out, it waits for more than an hour',
    'model_list:',
    '  - litellm_params:    # of the primary, beside what is there',
    `      timeout: ${ms / 1000}`,
    `      stream_timeout: ${ms / 1000}`,
    '      max_retries: 0',
    'router_settings:',
    '  num_retries: 0',
    '  allowed_fails: 0',
    '  cooldown_time: 20',
    '',
    '# Portkey (header x-portkey-config), beside strategy and targets, and without retry',
    JSON.stringify({ request_timeout: ms }),
    '',
    '# Bifrost (config.json), of each provider',
    JSON.stringify({
      network_config: { default_request_timeout_in_seconds: Math.ceil(ms / 1000), max_retries: 0 },
    }),
    '',
    '# gameday’s own (gameday.yaml)',
    `router: { timeouts: { headers: ${ms}ms, firstToken: ${ms}ms } }`,
  ]
}

function targetsOf(urls: Urls, providers: Config['providers']): Target[] {
  return PROVIDER_ROLES.map((role) => {
    const { name, format, model, kind } = providers[role]
    const base = urls[role]
    return {
      role,
      name,
      format,
      model,
      kind,
      base,
      root: base.replace(/\/v1$/, ''),
      key: STAGE_VARIABLES[role],
    }
  })
}

interface Target {
  role: ProviderRole
  name: string
  kind: 'simulated' | 'real'
  format: Config['providers']['primary']['format']
  model: string
  /** Ends in `/v1`. */
  base: string
  /** The same without it: for clients that write it themselves. */
  root: string
  key: string
}

// By order: rows without one are drawn from, and every second request asks the secondary.
const litellm = ({ role, format, model, base, root, key }: Target) => [
  `  - model_name: ${model}`,
  '    litellm_params:',
  `      model: ${format}/${model}`,
  `      api_base: ${format === 'anthropic' ? root : base}`,
  `      api_key: os.environ/${key}`,
  `      order: ${PROVIDER_ROLES.indexOf(role) + 1}`,
]

const portkey = ({ format, base, key, model }: Target) => ({
  provider: format,
  api_key: `$${key}`,
  custom_host: base,
  override_params: { model },
})

const bifrost = ({ role, format, root, key }: Target) => ({
  keys: [{ name: role, value: `env.${key}`, models: ['*'], weight: 1 }],
  network_config: { base_url: root },
  custom_provider_config: { base_provider_type: format },
})

const client = ({ role, format, base, root, key }: Target) =>
  format === 'anthropic'
    ? `${role}: new Anthropic({ baseURL: '${root}', apiKey: process.env.${key} })`
    : `${role}: new OpenAI({ baseURL: '${base}', apiKey: process.env.${key} })`
