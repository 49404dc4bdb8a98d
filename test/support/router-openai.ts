import { TOOL_CALL } from './router-anthropic.ts'
import { answers, sends, startStream, type Script } from './router-upstream.ts'

const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 87 },
}
const INPUT = JSON.stringify(TOOL_CALL.input)

/** The call of a tool, as OpenAI writes it. */
export const OPENAI_CALL = {
  id: TOOL_CALL.id,
  type: 'function',
  function: { name: TOOL_CALL.name, arguments: INPUT },
}

/** A plain answer with more in its message. */
export const completion = (who: string, finish: string, more: object = {}): string =>
  JSON.stringify({
    id: `chatcmpl-${who}`,
    object: 'chat.completion',
    created: 1,
    model: 'gpt-test',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Let me look.', refusal: null, ...more },
        finish_reason: finish,
      },
    ],
    usage: USAGE,
  })

/** The chunks of a stream of text and a call of a tool, whose arguments come in pieces. */
export function openaiToolStream(who: string): string[] {
  const head = { id: `chatcmpl-${who}`, object: 'chat.completion.chunk', created: 1, model: 'gpt-test' }
  const event = (body: object) => `data: ${JSON.stringify({ ...head, ...body })}\n\n`
  const chunk = (delta: object, finish: string | null = null) =>
    event({ choices: [{ index: 0, delta, finish_reason: finish }], usage: null })
  const called = (piece: object) => chunk({ tool_calls: [{ index: 0, ...piece }] })
  return [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Let me ' }),
    chunk({ content: 'look.' }),
    called({ ...OPENAI_CALL, function: { name: TOOL_CALL.name, arguments: '' } }),
    called({ function: { arguments: INPUT.slice(0, 11) } }),
    called({ function: { arguments: INPUT.slice(11) } }),
    chunk({}, 'tool_calls'),
    event({ choices: [], usage: USAGE }),
    'data: [DONE]\n\n',
  ]
}

/** Answers well, plain or streamed as asked, with a call where the request has tools and no result yet. */
export const openaiAnswers =
  (who: string): Script =>
  (response, asked) => {
    if (!asked.body.includes('"tools"') || asked.body.includes('"role":"tool"'))
      return answers(who)(response, asked)
    if (!asked.body.includes('"stream":true'))
      return sends(200, completion(who, 'tool_calls', { tool_calls: [OPENAI_CALL] }))(response, asked)
    startStream(response)
    response.end(openaiToolStream(who).join(''))
  }
