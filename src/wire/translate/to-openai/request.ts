import { isObject, type JsonObject } from '../../json.ts'
import { as, carryFields, leftBehind, refusedUnless, refuseOthers, type Carry } from '../fields.ts'
import { EFFORTS } from '../efforts.ts'
import { word, type Losses } from '../losses.ts'
import { carryMessages, carrySystem } from './messages.ts'
import { carryToolChoice, carryTools } from './tools.ts'

/** More stop sequences OpenAI refuses. */
const MOST_STOPS = 4

/** What becomes of each field of a Messages request. `docs/formats.md` shows this table to users. */
const FIELDS: Readonly<Record<string, Carry>> = {
  model: as('model'),
  system: ({ value, to, losses }) => void (to['messages'] = [...carrySystem(value, losses), ...said(to)]),
  messages: ({ value, to, losses }) => void (to['messages'] = [...said(to), ...carryMessages(value, losses)]),
  stream: ({ value, to }) => {
    to['stream'] = value
    // Anthropic's streams always say what they cost.
    if (value === true) to['stream_options'] = { include_usage: true }
  },
  max_tokens: as('max_completion_tokens'),
  temperature: as('temperature'),
  top_p: as('top_p'),
  stop_sequences: ({ value, to, losses }) => {
    const stops: unknown[] = Array.isArray(value) ? value : []
    if (stops.length > MOST_STOPS) losses.add('stop_sequences', `more than ${MOST_STOPS}`)
    else if (stops.length > 0) to['stop'] = stops
  },
  tools: ({ value, to, losses }) => void (to['tools'] = carryTools(value, losses)),
  tool_choice: ({ value, to, losses }) => Object.assign(to, carryToolChoice(value, losses)),
  output_config: carryOutput,
  metadata: ({ value, to, losses }) => {
    if (!isObject(value)) return losses.add('metadata')
    refuseOthers(value, ['user_id'], 'metadata', losses)
    if (typeof value['user_id'] === 'string') to['user'] = value['user_id']
  },

  cache_control: leftBehind,
  diagnostics: leftBehind,
  service_tier: leftBehind,
  speed: leftBehind,

  thinking: ({ value, losses }) => {
    if (!isObject(value) || value['type'] !== 'disabled') losses.add('thinking')
  },
  top_k: refusedUnless(),
  container: refusedUnless(),
  inference_geo: refusedUnless(),
  mcp_servers: refusedUnless(),
  context_management: refusedUnless(),
  user_profile_id: refusedUnless(),
  workspace_id: refusedUnless(),
}

/** Writes a Messages request as one of Chat Completions. */
export function requestToOpenai(from: JsonObject, losses: Losses): JsonObject {
  const to = carryFields(from, FIELDS, losses)
  if (losses.names.length === 0 && said(to).every(({ role }) => role === 'system'))
    losses.add('messages', 'none of a user')
  return to
}

function said(to: JsonObject): JsonObject[] {
  return (to['messages'] ?? []) as JsonObject[]
}

function carryOutput({ value, to, losses }: Parameters<Carry>[0]): void {
  if (!isObject(value)) return losses.add('output_config')
  const { effort, format } = value
  refuseOthers(value, ['effort', 'format'], 'output_config', losses)
  if (EFFORTS.has(effort)) to['reasoning_effort'] = effort
  else if (effort !== null && effort !== undefined) losses.add('output_config.effort', word(effort))
  if (format === null || format === undefined) return
  if (!isObject(format) || format['type'] !== 'json_schema' || !isObject(format['schema']))
    return losses.add('output_config.format')
  to['response_format'] = {
    type: 'json_schema',
    json_schema: { name: 'answer', schema: format['schema'], strict: true },
  }
}
