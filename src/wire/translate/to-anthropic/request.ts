import { isObject, type JsonObject } from '../../json.ts'
import { as, carryFields, leftBehind, refusedUnless, refuseOthers, type Carry } from '../fields.ts'
import { EFFORTS } from '../efforts.ts'
import { word, type Losses } from '../losses.ts'
import { carryMessages } from './messages.ts'
import { carryToolChoice, carryTools } from './tools.ts'

/** Anthropic insists on a limit. Every model that is still served since Claude 3.5 may write as much as this. */
const MOST_OUTPUT = 8192

/** What becomes of each field of a Chat Completions request. `docs/formats.md` shows this table to users. */
const FIELDS: Readonly<Record<string, Carry>> = {
  model: as('model'),
  messages: ({ value, to, losses }) => Object.assign(to, carryMessages(value, losses)),
  stream: as('stream'),
  max_tokens: as('max_tokens'),
  max_completion_tokens: as('max_tokens'),
  temperature: ({ value, to, losses }) => {
    if (typeof value === 'number' && value > 1) losses.add('temperature', 'over 1')
    else to['temperature'] = value
  },
  top_p: as('top_p'),
  stop: carryStop,
  tools: ({ value, to, losses }) => void (to['tools'] = carryTools(value, losses)),
  tool_choice: ({ value, to, losses }) => void (to['tool_choice'] = carryToolChoice(value, losses)),
  // Said within tool_choice; see below.
  parallel_tool_calls: leftBehind,
  response_format: carryResponseFormat,
  reasoning_effort: ({ value, to, losses }) => {
    if (EFFORTS.has(value)) addOutput(to, { effort: value })
    else losses.add('reasoning_effort', word(value))
  },
  user: ({ value, to }) => void (to['metadata'] = { user_id: value }),
  // Both name the end user, one by the name of old.
  safety_identifier: ({ value, to }) => void (to['metadata'] ??= { user_id: value }),

  stream_options: leftBehind,
  metadata: leftBehind,
  store: leftBehind,
  service_tier: leftBehind,
  prediction: leftBehind,
  prompt_cache_key: leftBehind,
  prompt_cache_options: leftBehind,
  prompt_cache_retention: leftBehind,

  n: refusedUnless(1),
  logprobs: refusedUnless(false),
  top_logprobs: refusedUnless(0),
  logit_bias: refusedUnless(),
  seed: refusedUnless(),
  presence_penalty: refusedUnless(0),
  frequency_penalty: refusedUnless(0),
  verbosity: refusedUnless('medium'),
  functions: refusedUnless(),
  function_call: refusedUnless(),
  audio: refusedUnless(),
  modalities: ({ value, losses }) => {
    if (!Array.isArray(value) || value.some((one) => one !== 'text')) losses.add('modalities')
  },
}

/** Writes a Chat Completions request as one of Messages. */
export function requestToAnthropic(from: JsonObject, losses: Losses): JsonObject {
  const to = carryFields(from, FIELDS, losses)
  to['max_tokens'] ??= MOST_OUTPUT
  if (from['parallel_tool_calls'] === false && to['tools'] !== undefined) {
    const choice = isObject(to['tool_choice']) ? to['tool_choice'] : { type: 'auto' }
    if (choice['type'] !== 'none') to['tool_choice'] = { ...choice, disable_parallel_tool_use: true }
  }
  return to
}

function carryStop({ value, to, losses }: Parameters<Carry>[0]): void {
  const stops: unknown[] = Array.isArray(value) ? value : [value]
  // Anthropic refuses a sequence without anything to be seen.
  if (stops.some((stop) => typeof stop === 'string' && stop.trim() === ''))
    return losses.add('stop', 'only white space')
  if (stops.length > 0) to['stop_sequences'] = stops
}

function carryResponseFormat({ value, to, losses }: Parameters<Carry>[0]): void {
  if (!isObject(value)) return losses.add('response_format')
  const schema = isObject(value['json_schema']) ? value['json_schema'] : {}
  if (value['type'] === 'text') return
  if (value['type'] !== 'json_schema' || !isObject(schema['schema']))
    return losses.add('response_format', word(value['type']))
  refuseOthers(value, ['type', 'json_schema'], 'response_format', losses)
  // Its name and description are for the reader; `strict` holds here always.
  addOutput(to, { format: { type: 'json_schema', schema: schema['schema'] } })
}

function addOutput(to: JsonObject, setting: JsonObject): void {
  to['output_config'] = { ...(isObject(to['output_config']) ? to['output_config'] : {}), ...setting }
}
