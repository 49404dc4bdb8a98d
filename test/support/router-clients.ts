import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { FormatId } from '../../src/base/index.ts'
import { TOOL_CALL } from './router-anthropic.ts'

/** What a client has been told, in words of neither format. */
export interface Told {
  id: string
  text: string
  /** Name and input of the tool that was called; null if none was. */
  call: { id: string; name: string; input: unknown } | null
  finish: 'done' | 'call' | 'other'
  tokensIn: number | undefined
  tokensOut: number | undefined
  cached: number | undefined
}

/** One question, asked with the vendor's own package as it is. */
export interface Question {
  stream: boolean
  /** Offers a tool, and after a call gives its result. */
  tool?: 'offered' | 'answered'
}

export interface Client {
  ask(question: Question): Promise<Told>
  models(): Promise<string[]>
}

const schema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
const PROMPT = 'Is it warm in Zürich? 🌍'

/** The official package of a format, with retries off: it is the router that is to try again. */
export function clientOf(format: FormatId, routerUrl: string, key = 'k'): Client {
  return format === 'openai' ? openaiClient(routerUrl, key) : anthropicClient(routerUrl, key)
}

function openaiClient(baseURL: string, apiKey: string): Client {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 })
  return {
    async ask({ stream, tool }) {
      const call = {
        id: TOOL_CALL.id,
        type: 'function' as const,
        function: { name: TOOL_CALL.name, arguments: JSON.stringify(TOOL_CALL.input) },
      }
      const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
        model: 'gpt-4o-mini',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: PROMPT },
          ...(tool === 'answered'
            ? [
                { role: 'assistant' as const, content: null, tool_calls: [call] },
                { role: 'tool' as const, tool_call_id: TOOL_CALL.id, content: 'sunny' },
              ]
            : []),
        ],
        ...(tool === undefined
          ? {}
          : { tools: [{ type: 'function', function: { name: TOOL_CALL.name, parameters: schema } }] }),
      }
      const answer = stream
        ? await client.chat.completions
            .stream({ ...body, stream: true, stream_options: { include_usage: true } })
            .finalChatCompletion()
        : await client.chat.completions.create(body)
      const [choice] = answer.choices
      const called = choice?.message.tool_calls?.[0]
      return {
        id: answer.id,
        text: choice?.message.content ?? '',
        call:
          called?.type === 'function'
            ? { id: called.id, name: called.function.name, input: JSON.parse(called.function.arguments) }
            : null,
        finish:
          choice?.finish_reason === 'stop'
            ? 'done'
            : choice?.finish_reason === 'tool_calls'
              ? 'call'
              : 'other',
        tokensIn: answer.usage?.prompt_tokens,
        tokensOut: answer.usage?.completion_tokens,
        cached: answer.usage?.prompt_tokens_details?.cached_tokens,
      }
    },
    async models() {
      return (await client.models.list()).data.map(({ id }) => id)
    },
  }
}

function anthropicClient(routerUrl: string, apiKey: string): Client {
  const client = new Anthropic({ baseURL: routerUrl.replace(/\/v1$/, ''), apiKey, maxRetries: 0 })
  return {
    async ask({ stream, tool }) {
      const body: Anthropic.MessageCreateParamsNonStreaming = {
        model: 'claude-test',
        max_tokens: 500,
        system: 'Be brief.',
        messages: [
          { role: 'user', content: PROMPT },
          ...(tool === 'answered'
            ? [
                { role: 'assistant' as const, content: [{ type: 'tool_use' as const, ...TOOL_CALL }] },
                {
                  role: 'user' as const,
                  content: [{ type: 'tool_result' as const, tool_use_id: TOOL_CALL.id, content: 'sunny' }],
                },
              ]
            : []),
        ],
        ...(tool === undefined ? {} : { tools: [{ name: TOOL_CALL.name, input_schema: schema }] }),
      }
      const answer = stream
        ? await client.messages.stream(body).finalMessage()
        : await client.messages.create(body)
      const called = answer.content.find((block) => block.type === 'tool_use')
      const { usage } = answer
      return {
        id: answer.id,
        text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
        call: called === undefined ? null : { id: called.id, name: called.name, input: called.input },
        finish:
          answer.stop_reason === 'end_turn' ? 'done' : answer.stop_reason === 'tool_use' ? 'call' : 'other',
        tokensIn:
          usage.input_tokens +
          (usage.cache_read_input_tokens ?? 0) +
          (usage.cache_creation_input_tokens ?? 0),
        tokensOut: usage.output_tokens,
        cached: usage.cache_read_input_tokens ?? undefined,
      }
    },
    async models() {
      return (await client.models.list()).data.map(({ id }) => id)
    },
  }
}
