/** Why an answer ended, in the other format's word. */

const TO_OPENAI: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

const TO_ANTHROPIC: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
}

/** Anthropic's stop reason as OpenAI's finish reason. */
export function finishReasonFor(stopReason: string): string {
  return TO_OPENAI[stopReason] ?? 'stop'
}

/** OpenAI's finish reason as Anthropic's stop reason. */
export function stopReasonFor(finishReason: string): string {
  return TO_ANTHROPIC[finishReason] ?? 'end_turn'
}
