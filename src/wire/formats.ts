import type { FormatId, WireFormat } from './format.ts'
import { openaiFormat } from './openai/format.ts'

const FORMATS: Record<FormatId, WireFormat> = { openai: openaiFormat }

/** Returns the format of that name. */
export function formatOf(id: FormatId): WireFormat {
  return FORMATS[id]
}
