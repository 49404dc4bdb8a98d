import { isObject, type JsonObject } from '../../json.ts'
import { refuseOthers } from '../fields.ts'
import { word, type Losses } from '../losses.ts'

/** Writes the tools of Chat Completions as Anthropic's. */
export function carryTools(tools: unknown, losses: Losses): JsonObject[] {
  return (Array.isArray(tools) ? tools : []).flatMap((tool: unknown, index) => {
    const path = `tools[${index}]`
    if (!isObject(tool) || tool['type'] !== 'function' || !isObject(tool['function'])) {
      losses.add(path, isObject(tool) ? word(tool['type']) : 'not an object')
      return []
    }
    const { name, description, parameters, strict } = tool['function']
    refuseOthers(tool['function'], ['name', 'description', 'parameters', 'strict'], path, losses)
    return {
      name,
      ...(typeof description === 'string' ? { description } : {}),
      input_schema: parameters ?? { type: 'object', properties: {} },
      ...(strict === true ? { strict } : {}),
    }
  })
}

const BY_WORD: Readonly<Record<string, string>> = { auto: 'auto', none: 'none', required: 'any' }

/** Writes the choice of a tool. */
export function carryToolChoice(choice: unknown, losses: Losses): JsonObject | undefined {
  if (typeof choice === 'string' && Object.hasOwn(BY_WORD, choice)) return { type: BY_WORD[choice] }
  if (isObject(choice) && choice['type'] === 'function' && isObject(choice['function']))
    return { type: 'tool', name: choice['function']['name'] }
  losses.add('tool_choice', isObject(choice) ? word(choice['type']) : undefined)
  return undefined
}
