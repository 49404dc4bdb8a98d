import type { FormatId } from '../../base/index.ts'
import { anthropicReplay, anthropicWhole, isPlayable, openaiReplay, openaiWhole } from '../../wire/index.ts'

/** How the answers of one format are kept and played again. */
export interface Keeping {
  /** Puts a stream together; null if it holds what has no place in a plain answer. */
  whole(stream: string): string | null
  /** Plays a plain answer as a stream. */
  replay(body: string, includeUsage: boolean): string | null
  /** Whether it came to its own end, and means the same when it is played again. That it has content was judged before. */
  isWhole(body: string): boolean
}

/** Reasons to end at which an answer is whole. A `length` or `max_tokens` is one cut off, a filter's is none. */
const OPENAI_ENDS: ReadonlySet<unknown> = new Set(['stop', 'tool_calls', 'function_call'])
const ANTHROPIC_ENDS: ReadonlySet<unknown> = new Set(['end_turn', 'tool_use', 'stop_sequence'])

/** A number that does not survive being read and written again: no tool is to be called with another one. */
const LARGE_NUMBER = /[:[,]\s*-?\d{16}/

export const KEEPING: Record<FormatId, Keeping> = {
  openai: {
    whole: openaiWhole,
    replay: openaiReplay,
    isWhole: (body) => {
      const { choices } = JSON.parse(body) as { choices?: unknown }
      return Array.isArray(choices) && choices.every((choice: unknown) => OPENAI_ENDS.has(finishOf(choice)))
    },
  },
  anthropic: {
    whole: anthropicWhole,
    replay: anthropicReplay,
    isWhole: (body) => {
      const { content, stop_reason: reason, container } = JSON.parse(body) as Record<string, unknown>
      return (
        Array.isArray(content) &&
        content.every(isPlayable) &&
        ANTHROPIC_ENDS.has(reason) &&
        // What stands in a container of the vendor's is gone when it is asked for again.
        (container ?? null) === null &&
        !LARGE_NUMBER.test(body)
      )
    },
  },
}

function finishOf(choice: unknown): unknown {
  return typeof choice === 'object' && choice !== null && 'finish_reason' in choice
    ? choice.finish_reason
    : null
}
