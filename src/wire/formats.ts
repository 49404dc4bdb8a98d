import type { FormatId } from '../base/index.ts'
import { anthropicFormat } from './anthropic/format.ts'
import type { WireFormat } from './format.ts'
import { openaiFormat } from './openai/format.ts'

const FORMATS: Record<FormatId, WireFormat> = { openai: openaiFormat, anthropic: anthropicFormat }

/** Returns the format of that name. */
export function formatOf(id: FormatId): WireFormat {
  return FORMATS[id]
}
