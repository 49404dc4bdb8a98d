import { isObject, type JsonObject } from '../../json.ts'
import { refuseOthers } from '../fields.ts'
import { word, type Losses } from '../losses.ts'

/** Without effect on the answer, or only a way to be called. */
const KNOWN = [
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'eager_input_streaming',
]

/** Writes Anthropic's tools as those of Chat Completions. The vendor's own, which run at the vendor, cannot be carried. */
export function carryTools(tools: unknown, losses: Losses): JsonObject[] {
  return (Array.isArray(tools) ? tools : []).flatMap((tool: unknown, index) => {
    const path = `tools[${index}]`
    if (!isObject(tool) || (tool['type'] ?? 'custom') !== 'custom') {
      losses.add(path, isObject(tool) ? word(tool['type']) : 'not an object')
      return []
    }
    refuseOthers(tool, KNOWN, path, losses)
    const { name, description, input_schema: parameters, strict } = tool
    return {
      type: 'function',
      function: {
        name,
        ...(typeof description === 'string' ? { description } : {}),
        parameters,
        ...(strict === true ? { strict } : {}),
      },
    }
  })
}

const BY_TYPE: Readonly<Record<string, string>> = { auto: 'auto', none: 'none', any: 'required' }

/** Writes the choice of a tool, and whether several may be called at once. */
export function carryToolChoice(choice: unknown, losses: Losses): JsonObject {
  const { type, name, disable_parallel_tool_use: alone } = isObject(choice) ? choice : {}
  const parallel = alone === true ? { parallel_tool_calls: false } : {}
  if (type === 'tool') return { tool_choice: { type: 'function', function: { name } }, ...parallel }
  if (typeof type === 'string' && Object.hasOwn(BY_TYPE, type))
    return { tool_choice: BY_TYPE[type], ...parallel }
  losses.add('tool_choice')
  return {}
}
