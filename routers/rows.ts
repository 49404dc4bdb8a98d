import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './installed.ts'
import { litellm } from './litellm.ts'
import { noRouter } from './no-router.ts'
import { portkey } from './portkey.ts'
import type { Row } from './row.ts'

const LITELLM = 'LiteLLM proxy'

/** The routers that are compared, in the order of the table. */
export const ROWS: readonly Row[] = [
  {
    id: 'embedded',
    router: 'gameday, embedded',
    layout: 'primary, then secondary; a circuit',
    control: 'held',
    prepare: () => Promise.resolve(ownVersion()),
    start: null,
  },
  {
    id: 'litellm-ordered',
    router: LITELLM,
    layout: 'one group, `order` 1 and 2, cooled down at the first failure',
    ...litellm('templates/routers/litellm.yaml'),
  },
  {
    id: 'litellm-fallbacks',
    router: LITELLM,
    layout: 'two groups and `fallbacks`, its defaults',
    ...litellm('routers/litellm/fallbacks.yaml'),
  },
  {
    id: 'litellm-weights',
    router: LITELLM,
    layout: 'one group, weights 9 and 1, one retry',
    ...litellm('routers/litellm/weights.yaml'),
  },
  {
    id: 'portkey-fallback',
    router: 'Portkey gateway',
    layout: 'strategy `fallback`, `request_timeout` 5 s',
    ...portkey,
  },
  {
    id: 'no-router',
    router: 'none: `openai` for Node',
    layout: 'two retries at the primary, its defaults',
    control: 'weak',
    ...noRouter,
  },
]

/** The row of that name. Throws if there is none. */
export function rowNamed(id: string): Row {
  const row = ROWS.find((one) => one.id === id)
  if (row !== undefined) return row
  throw new Error(`no router ${id}; there are ${ROWS.map((one) => one.id).join(', ')}`)
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  return version
}
